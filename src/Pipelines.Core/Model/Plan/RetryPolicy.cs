namespace Pipelines.Core;

/// <summary>How a stage is tried again after a transient error (network, rate limit, lock). Findings and failing tests are never transient.</summary>
/// <param name="MaxAttempts">How often the stage may run in all, the first time included.</param>
public sealed record RetryPolicy(int MaxAttempts)
{
    /// <summary>No retry.</summary>
    public static RetryPolicy None { get; } = new(1);

    /// <summary>The wait after the first failure; it doubles each time, with a random half taken off so that many runs do not come back at once.</summary>
    /// <value>1 second</value>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait.</summary>
    /// <value>30 seconds</value>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The wait after an attempt, with "equal jitter": half fixed, half random.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    internal TimeSpan DelayAfter(int attempt)
    {
        double ceiling = Math.Min(Delay.TotalMilliseconds * Math.Pow(2, attempt - 1), MaxDelay.TotalMilliseconds);
#pragma warning disable CA5394 // spreads load, guards nothing
        return TimeSpan.FromMilliseconds(Math.Round(ceiling / 2 * (1 + Random.Shared.NextDouble()))) /* as timers count */;
#pragma warning restore CA5394
    }
}
