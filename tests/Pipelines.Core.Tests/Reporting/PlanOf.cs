using Pipelines.Core.Model;

namespace Pipelines.Core.Tests.Reporting;

/// <summary>Makes plans by hand: stages that do nothing.</summary>
internal sealed class PlanOf(string name)
{
    private readonly List<PlannedStage> _stages = [];

    public PipelinePlan Plan => new(name, [.. _stages]);

    public PlannedStage Add(
        string stage,
        PlannedStage[]? inputs = null,
        PlannedStage[]? after = null,
        string kind = "lambda",
        string output = "Unit",
        string? description = null,
        string? environment = null,
        bool always = false,
        bool undoable = false,
        Condition[]? conditions = null,
        string[]? locks = null,
        int attempts = 1,
        TimeSpan? timeout = null)
    {
        var behaviour = new StageBehaviour
        {
            Kind = kind,
            Description = description,
            OutputType = output,
            RunAsync = (_, _, _) => Task.FromResult<object?>(null),
            Undo = undoable ? (_, _, _) => Task.FromResult(new UndoReport(true, "undone")) : null,
        };
        var planned = new PlannedStage(_stages.Count, stage, behaviour)
        {
            Inputs = inputs ?? [],
            After = after ?? [],
            Conditions = conditions ?? [],
            Timeout = timeout ?? TimeSpan.FromHours(1),
            Retry = attempts == 1 ? RetryPolicy.None : new RetryPolicy(attempts),
            Locks = locks ?? [],
            Always = always,
            Environment = environment,
        };
        _stages.Add(planned);
        return planned;
    }
}
