using Pipelines.Core.Engine;
using Pipelines.Core.Model;

namespace Pipelines.Core;

/// <summary>Puts a pipeline together from typed stages. Who takes an output depends on who makes it; <c>After</c> adds order where no data flows.</summary>
/// <example><code>
/// var pipeline = new PipelineBuilder("order-service");
/// var tests = pipeline.Add("unit tests", new Pytest("tests/"));
/// var image = pipeline.Add("build image", new DockerBuild(repository)).After(tests);
/// PipelinePlan plan = pipeline.Build();
/// </code></example>
public sealed partial class PipelineBuilder
{
    private readonly List<StageDraft> _drafts = [];
    private readonly List<string> _errors = [];
    private bool _built;

    /// <summary>An empty pipeline.</summary>
    /// <param name="name">Its name, such as the service's.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public PipelineBuilder(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
    }

    /// <summary>The pipeline's name.</summary>
    public string Name { get; }

    /// <summary>Checks the pipeline and freezes it.</summary>
    /// <exception cref="PipelineDefinitionException">It cannot run; every reason is in the one error.</exception>
    /// <exception cref="InvalidOperationException">It was built already.</exception>
    public PipelinePlan Build()
    {
        ThrowIfBuilt(nameof(Build));
        PipelinePlan plan = PlanAssembly.Assemble(Name, this, _drafts, _errors);
        _built = true;
        foreach (StageDraft draft in _drafts)
            draft.Frozen = true;
        return plan;
    }

    private StageHandle<TOutput> Add<TOutput>(
        string name,
        object stage,
        IReadOnlyList<StageHandle> inputs,
        Func<object?[], StageContext, CancellationToken, Task<TOutput>> run)
    {
        ArgumentNullException.ThrowIfNull(name);
        ThrowIfBuilt(nameof(Add));
        if (SecretTypes.Holds(typeof(TOutput)))
            _errors.Add($"'{name}' has a Secret as its output ({TypeNames.Of(typeof(TOutput))}). Outputs are kept and reported: fetch the secret with context.Secrets.GetAsync(…) in the stage that needs it.");
        if ((stage as ICheckedStage)?.WhyNot(inputs.Count) is { } why)
            _errors.Add($"'{name}': {why}");
        var behaviour = new StageBehaviour
        {
            Kind = stage switch { Delegate => "lambda", PipelineBuilder => "gather", _ => stage.GetType().Name },
            Description = (stage as IDescribedStage)?.Description,
            OutputType = TypeNames.Of(typeof(TOutput)),
            OutputClass = typeof(TOutput),
            Environment = (stage as IEnvironmentStage)?.Environment,
            RunAsync = async (values, context, cancellationToken) => Checked(name, await TaskOf(run(values, context, cancellationToken)).ConfigureAwait(false)),
            KeepsLaterEffects = stage is IKeepsLaterEffects { KeepsLaterEffects: true },
            IsProcessBound = stage is IProcessBound,
            Undo = stage is IUndoable<TOutput> undoable ? (output, context, cancellationToken) => undoable.UndoAsync((TOutput)output!, context, cancellationToken) : null,
        };
        var draft = new StageDraft(this, _drafts.Count, name, behaviour, inputs);
        _drafts.Add(draft);
        return new StageHandle<TOutput>(draft);
    }

    private static Task<TOutput> TaskOf<TOutput>(Task<TOutput>? task) =>
        task ?? throw new StageFailedException("The stage returned null instead of a task.", null, "Make its RunAsync or its lambda async, or return Task.FromResult(…).");

    /// <summary>The declared type may hide what the value is: an object, an interface, a base class.</summary>
    private static TOutput Checked<TOutput>(string name, TOutput output)
    {
        if (output is not null && output.GetType() != typeof(TOutput) && SecretTypes.Holds(output.GetType()))
        {
            throw new StageFailedException(
                $"The output of '{name}' holds a Secret ({TypeNames.Of(output.GetType())}), and outputs are kept and reported.", null, "Return what is no secret; fetch the secret with context.Secrets.GetAsync(…) in the stage that needs it.");
        }

        return output;
    }

    private void ThrowIfBuilt(string api)
    {
        if (_built)
            throw new InvalidOperationException($"{nameof(PipelineBuilder)}.{api}: the pipeline '{Name}' is built already. Make a new {nameof(PipelineBuilder)} for another one.");
    }
}
