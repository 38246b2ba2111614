namespace Pipelines.Core;

/// <summary>Something that happened in a run. All text in events is masked.</summary>
/// <param name="At">When.</param>
public abstract record RunEvent(DateTimeOffset At)
{
    /// <summary>The run started.</summary>
    /// <param name="At">When.</param>
    /// <param name="Plan">What will run.</param>
    /// <param name="Run">The facts of the run.</param>
    public sealed record RunStarted(DateTimeOffset At, PipelinePlan Plan, RunInfo Run) : RunEvent(At);

    /// <summary>A stage started.</summary>
    /// <param name="At">When.</param>
    /// <param name="Stage">The stage.</param>
    public sealed record StageStarted(DateTimeOffset At, PlannedStage Stage) : RunEvent(At);

    /// <summary>A line of a stage's log.</summary>
    /// <param name="At">When.</param>
    /// <param name="Stage">The stage.</param>
    /// <param name="Level">What kind of line.</param>
    /// <param name="Text">One line, without its end.</param>
    public sealed record StageLogged(DateTimeOffset At, PlannedStage Stage, LogLevel Level, string Text) : RunEvent(At);

    /// <summary>A stage met a transient error and will try again.</summary>
    /// <param name="At">When.</param>
    /// <param name="Stage">The stage.</param>
    /// <param name="Attempt">The attempt that failed, from 1.</param>
    /// <param name="MaxAttempts">How many there may be.</param>
    /// <param name="Delay">The wait before the next one.</param>
    /// <param name="Failure">Why it failed.</param>
    public sealed record StageRetrying(DateTimeOffset At, PlannedStage Stage, int Attempt, int MaxAttempts, TimeSpan Delay, Failure Failure) : RunEvent(At);

    /// <summary>A stage reported a fact, test results or findings.</summary>
    /// <param name="At">When.</param>
    /// <param name="Stage">The stage.</param>
    /// <param name="Report">What it reported.</param>
    public sealed record StageReported(DateTimeOffset At, PlannedStage Stage, StageReport Report) : RunEvent(At);

    /// <summary>A stage ended, or will not run.</summary>
    /// <param name="At">When.</param>
    /// <param name="Stage">The stage.</param>
    /// <param name="Outcome">How it ended.</param>
    /// <param name="Duration">How long it took; zero where it never started.</param>
    public sealed record StageEnded(DateTimeOffset At, PlannedStage Stage, StageOutcome Outcome, TimeSpan Duration) : RunEvent(At);

    /// <summary>The undo of a stage started.</summary>
    /// <param name="At">When.</param>
    /// <param name="Stage">The stage whose effect is taken back.</param>
    /// <param name="Because">The stage that did not succeed.</param>
    public sealed record UndoStarted(DateTimeOffset At, PlannedStage Stage, string Because) : RunEvent(At);

    /// <summary>The undo of a stage ended.</summary>
    /// <param name="At">When.</param>
    /// <param name="Stage">The stage.</param>
    /// <param name="Result">How it ended.</param>
    public sealed record UndoEnded(DateTimeOffset At, PlannedStage Stage, UndoResult Result) : RunEvent(At);

    /// <summary>Something outside the stages that may need a look, such as a report that could not be written. It fails nothing.</summary>
    /// <param name="At">When.</param>
    /// <param name="Text">What.</param>
    public sealed record RunWarning(DateTimeOffset At, string Text) : RunEvent(At);

    /// <summary>The run ended.</summary>
    /// <param name="At">When.</param>
    /// <param name="Result">How.</param>
    public sealed record RunEnded(DateTimeOffset At, RunResult Result) : RunEvent(At);
}
