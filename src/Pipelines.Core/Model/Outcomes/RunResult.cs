namespace Pipelines.Core;

/// <summary>How a run ended: every stage's outcome, and every undo.</summary>
/// <param name="Status">The run as a whole.</param>
/// <param name="Stages">Every stage of the plan, in its order.</param>
/// <param name="Undos">What was undone, in the order it happened.</param>
/// <param name="StartedAt">When the run started.</param>
/// <param name="Duration">How long it took.</param>
public sealed record RunResult(RunStatus Status, IReadOnlyList<StageResult> Stages, IReadOnlyList<UndoResult> Undos, DateTimeOffset StartedAt, TimeSpan Duration)
{
    /// <summary>The exit code: 0 done, 1 failed, 2 bad usage, 3 a required tool or credential is missing, 130 cancelled.</summary>
    public int ExitCode => Status switch
    {
        RunStatus.Succeeded => 0,
        RunStatus.Cancelled => 130,
        _ => FailureKinds() is { Count: > 0 } kinds && kinds.All(kind => kind == kinds[0])
            ? kinds[0] switch { FailureKind.Usage => 2, FailureKind.MissingPrerequisite => 3, _ => 1 }
            : 1,
    };

    /// <summary>The stages that failed or timed out.</summary>
    public IEnumerable<StageResult> Failures => Stages.Where(stage => stage.Outcome is StageOutcome.Failed or StageOutcome.TimedOut);

    private List<FailureKind> FailureKinds() =>
        [.. Stages.Select(stage => stage.Outcome switch { StageOutcome.Failed failed => failed.Failure.Kind, StageOutcome.TimedOut => FailureKind.Failed, _ => (FailureKind?)null }).OfType<FailureKind>()];
}
