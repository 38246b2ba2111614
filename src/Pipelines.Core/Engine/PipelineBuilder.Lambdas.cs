namespace Pipelines.Core;

public sealed partial class PipelineBuilder
{
    /// <summary>Adds a stage from a lambda that takes nothing and makes one.</summary>
    /// <typeparam name="TOutput">What it makes.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="run">What it does.</param>
    public StageHandle<TOutput> Add<TOutput>(string name, Func<StageContext, CancellationToken, Task<TOutput>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Add(name, run, [], (_, context, cancellationToken) => run(context, cancellationToken));
    }

    /// <summary>Adds a stage from a lambda that takes nothing and makes none.</summary>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="run">What it does.</param>
    public StageHandle<Unit> Add(string name, Func<StageContext, CancellationToken, Task> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Add(name, run, [], async (_, context, cancellationToken) =>
        {
            await run(context, cancellationToken).ConfigureAwait(false);
            return Unit.Value;
        });
    }

    /// <summary>Adds a stage from a lambda that takes one output and makes one.</summary>
    /// <typeparam name="TInput">What it takes.</typeparam>
    /// <typeparam name="TOutput">What it makes.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="input">The stage whose output it takes.</param>
    /// <param name="run">What it does.</param>
    public StageHandle<TOutput> Add<TInput, TOutput>(
        string name,
        StageHandle<TInput> input,
        Func<TInput, StageContext, CancellationToken, Task<TOutput>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(input);
        return Add(name, run, [input], (values, context, cancellationToken) => run((TInput)values[0]!, context, cancellationToken));
    }

    /// <summary>Adds a stage from a lambda that takes one output and makes none.</summary>
    /// <typeparam name="TInput">What it takes.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="input">The stage whose output it takes.</param>
    /// <param name="run">What it does.</param>
    public StageHandle<Unit> Add<TInput>(string name, StageHandle<TInput> input, Func<TInput, StageContext, CancellationToken, Task> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(input);
        return Add(name, run, [input], async (values, context, cancellationToken) =>
        {
            await run((TInput)values[0]!, context, cancellationToken).ConfigureAwait(false);
            return Unit.Value;
        });
    }

    /// <summary>Adds a stage from a lambda that takes two outputs and makes one.</summary>
    /// <typeparam name="TInput1">What it takes first.</typeparam>
    /// <typeparam name="TInput2">What it takes second.</typeparam>
    /// <typeparam name="TOutput">What it makes.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="input1">The stage whose output it takes first.</param>
    /// <param name="input2">The stage whose output it takes second.</param>
    /// <param name="run">What it does.</param>
    public StageHandle<TOutput> Add<TInput1, TInput2, TOutput>(
        string name,
        StageHandle<TInput1> input1,
        StageHandle<TInput2> input2,
        Func<TInput1, TInput2, StageContext, CancellationToken, Task<TOutput>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(input1);
        ArgumentNullException.ThrowIfNull(input2);
        return Add(name, run, [input1, input2], (values, context, cancellationToken) => run((TInput1)values[0]!, (TInput2)values[1]!, context, cancellationToken));
    }

    /// <summary>Adds a stage from a lambda that takes two outputs and makes none.</summary>
    /// <typeparam name="TInput1">What it takes first.</typeparam>
    /// <typeparam name="TInput2">What it takes second.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="input1">The stage whose output it takes first.</param>
    /// <param name="input2">The stage whose output it takes second.</param>
    /// <param name="run">What it does.</param>
    public StageHandle<Unit> Add<TInput1, TInput2>(
        string name,
        StageHandle<TInput1> input1,
        StageHandle<TInput2> input2,
        Func<TInput1, TInput2, StageContext, CancellationToken, Task> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(input1);
        ArgumentNullException.ThrowIfNull(input2);
        return Add(name, run, [input1, input2], async (values, context, cancellationToken) =>
        {
            await run((TInput1)values[0]!, (TInput2)values[1]!, context, cancellationToken).ConfigureAwait(false);
            return Unit.Value;
        });
    }

    /// <summary>Adds a stage from a lambda that takes three outputs and makes one.</summary>
    /// <typeparam name="TInput1">What it takes first.</typeparam>
    /// <typeparam name="TInput2">What it takes second.</typeparam>
    /// <typeparam name="TInput3">What it takes third.</typeparam>
    /// <typeparam name="TOutput">What it makes.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="input1">The stage whose output it takes first.</param>
    /// <param name="input2">The stage whose output it takes second.</param>
    /// <param name="input3">The stage whose output it takes third.</param>
    /// <param name="run">What it does.</param>
    public StageHandle<TOutput> Add<TInput1, TInput2, TInput3, TOutput>(
        string name,
        StageHandle<TInput1> input1,
        StageHandle<TInput2> input2,
        StageHandle<TInput3> input3,
        Func<TInput1, TInput2, TInput3, StageContext, CancellationToken, Task<TOutput>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(input1);
        ArgumentNullException.ThrowIfNull(input2);
        ArgumentNullException.ThrowIfNull(input3);
        return Add(name, run, [input1, input2, input3], (values, context, cancellationToken) => run((TInput1)values[0]!, (TInput2)values[1]!, (TInput3)values[2]!, context, cancellationToken));
    }

    /// <summary>Adds a stage from a lambda that takes three outputs and makes none.</summary>
    /// <typeparam name="TInput1">What it takes first.</typeparam>
    /// <typeparam name="TInput2">What it takes second.</typeparam>
    /// <typeparam name="TInput3">What it takes third.</typeparam>
    /// <param name="name">Its name, unique in the pipeline.</param>
    /// <param name="input1">The stage whose output it takes first.</param>
    /// <param name="input2">The stage whose output it takes second.</param>
    /// <param name="input3">The stage whose output it takes third.</param>
    /// <param name="run">What it does.</param>
    public StageHandle<Unit> Add<TInput1, TInput2, TInput3>(
        string name,
        StageHandle<TInput1> input1,
        StageHandle<TInput2> input2,
        StageHandle<TInput3> input3,
        Func<TInput1, TInput2, TInput3, StageContext, CancellationToken, Task> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(input1);
        ArgumentNullException.ThrowIfNull(input2);
        ArgumentNullException.ThrowIfNull(input3);
        return Add(name, run, [input1, input2, input3], async (values, context, cancellationToken) =>
        {
            await run((TInput1)values[0]!, (TInput2)values[1]!, (TInput3)values[2]!, context, cancellationToken).ConfigureAwait(false);
            return Unit.Value;
        });
    }
}
