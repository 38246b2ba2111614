namespace Pipelines.Core;

/// <summary>How one stage of a run ended, and when.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="StartedAt">When it started; null where it never did.</param>
/// <param name="Duration">How long it took, retries and their waits included.</param>
/// <param name="Attempts">How often it was tried; 0 where it never started.</param>
/// <param name="CriticalShare">Its part of the critical path, from 0 to 1; 0 off the path.</param>
public sealed record StageResult(PlannedStage Stage, StageOutcome Outcome, DateTimeOffset? StartedAt, TimeSpan Duration, int Attempts, double CriticalShare);
