using System.Globalization;

namespace Pipelines.Core;

public sealed partial class PipelineBuilder
{
    /// <summary>Adds a stage that takes nothing.</summary>
    /// <typeparam name="TOutput">What it makes.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="stage">The stage.</param>
    public StageHandle<TOutput> Add<TOutput>(string name, IStage<TOutput> stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return Add(name, stage, [], (_, context, cancellationToken) => stage.RunAsync(context, cancellationToken));
    }

    /// <summary>Adds a stage that takes another one's output.</summary>
    /// <typeparam name="TInput">What it takes.</typeparam>
    /// <typeparam name="TOutput">What it makes.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="input">The stage whose output it takes.</param>
    public StageHandle<TOutput> Add<TInput, TOutput>(string name, IStage<TInput, TOutput> stage, StageHandle<TInput> input)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(input);
        return Add(name, stage, [input], (values, context, cancellationToken) => stage.RunAsync((TInput)values[0]!, context, cancellationToken));
    }

    /// <summary>Adds a stage that takes two others' outputs.</summary>
    /// <typeparam name="TInput1">The first of what it takes.</typeparam>
    /// <typeparam name="TInput2">The second of what it takes.</typeparam>
    /// <typeparam name="TOutput">What it makes.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="input1">The stage whose output it takes first.</param>
    /// <param name="input2">The stage whose output it takes second.</param>
    public StageHandle<TOutput> Add<TInput1, TInput2, TOutput>(string name, IStage<TInput1, TInput2, TOutput> stage, StageHandle<TInput1> input1, StageHandle<TInput2> input2)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(input1);
        ArgumentNullException.ThrowIfNull(input2);
        return Add(name, stage, [input1, input2], (values, context, cancellationToken) => stage.RunAsync((TInput1)values[0]!, (TInput2)values[1]!, context, cancellationToken));
    }

    /// <summary>Adds a stage that takes three others' outputs.</summary>
    /// <typeparam name="TInput1">The first of what it takes.</typeparam>
    /// <typeparam name="TInput2">The second of what it takes.</typeparam>
    /// <typeparam name="TInput3">The third of what it takes.</typeparam>
    /// <typeparam name="TOutput">What it makes.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="input1">The stage whose output it takes first.</param>
    /// <param name="input2">The stage whose output it takes second.</param>
    /// <param name="input3">The stage whose output it takes third.</param>
    public StageHandle<TOutput> Add<TInput1, TInput2, TInput3, TOutput>(
        string name,
        IStage<TInput1, TInput2, TInput3, TOutput> stage,
        StageHandle<TInput1> input1,
        StageHandle<TInput2> input2,
        StageHandle<TInput3> input3)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(input1);
        ArgumentNullException.ThrowIfNull(input2);
        ArgumentNullException.ThrowIfNull(input3);
        return Add(
            name,
            stage,
            [input1, input2, input3],
            (values, context, cancellationToken) => stage.RunAsync((TInput1)values[0]!, (TInput2)values[1]!, (TInput3)values[2]!, context, cancellationToken));
    }

    /// <summary>Adds one stage for each case: the same work on several versions, platforms or folders, side by side.</summary>
    /// <typeparam name="TCase">What differs.</typeparam>
    /// <typeparam name="TOutput">What each stage makes.</typeparam>
    /// <param name="name">The name; each stage is called <c>name (case)</c>.</param>
    /// <param name="cases">The cases; at least one.</param>
    /// <param name="stage">Makes the stage of a case.</param>
    /// <returns>The handles in the order of the cases: wait for all with <c>After(handles)</c>, or take all outputs with <see cref="Gather"/>.</returns>
    public IReadOnlyList<StageHandle<TOutput>> AddMatrix<TCase, TOutput>(string name, IEnumerable<TCase> cases, Func<TCase, IStage<TOutput>> stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return Matrix(name, cases, (stageName, @case) => Add(stageName, stage(@case)));
    }

    /// <summary>Adds one stage for each case, each with the same input.</summary>
    /// <typeparam name="TCase">What differs.</typeparam>
    /// <typeparam name="TInput">What each stage takes.</typeparam>
    /// <typeparam name="TOutput">What each stage makes.</typeparam>
    /// <param name="name">The name; each stage is called <c>name (case)</c>.</param>
    /// <param name="cases">The cases; at least one.</param>
    /// <param name="stage">Makes the stage of a case.</param>
    /// <param name="input">The stage whose output each takes.</param>
    /// <returns>The handles in the order of the cases.</returns>
    public IReadOnlyList<StageHandle<TOutput>> AddMatrix<TCase, TInput, TOutput>(string name, IEnumerable<TCase> cases, Func<TCase, IStage<TInput, TOutput>> stage, StageHandle<TInput> input)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return Matrix(name, cases, (stageName, @case) => Add(stageName, stage(@case), input));
    }

    /// <summary>Takes the outputs of several stages of one kind as one list.</summary>
    /// <typeparam name="TOutput">What each of them makes.</typeparam>
    /// <param name="name">The name of the gathering stage.</param>
    /// <param name="stages">The stages, such as those of <c>AddMatrix</c>.</param>
    public StageHandle<IReadOnlyList<TOutput>> Gather<TOutput>(string name, IReadOnlyList<StageHandle<TOutput>> stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        if (stages.Any(stage => stage is null))
            throw new ArgumentNullException(nameof(stages), $"'{name}': Gather was given a null handle.");
        return Add<IReadOnlyList<TOutput>>(name, this, [.. stages], (values, _, _) => Task.FromResult<IReadOnlyList<TOutput>>([.. values.Cast<TOutput>()]));
    }

    private List<StageHandle<TOutput>> Matrix<TCase, TOutput>(string name, IEnumerable<TCase> cases, Func<string, TCase, StageHandle<TOutput>> add)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(cases);
        List<StageHandle<TOutput>> handles = [.. cases.Select(@case => add(string.Create(CultureInfo.InvariantCulture, $"{name} ({@case})"), @case))];
        if (handles.Count == 0)
            _errors.Add($"The matrix '{name}' has no cases.");
        return handles;
    }
}
