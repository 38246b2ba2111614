using Pipelines.Core.Clients.Prometheus;
using Pipelines.Core.Model;

namespace Pipelines.Core;

/// <summary>Which metrics a deployment is held against, and for how long.</summary>
/// <remarks>
/// <para>A metric <b>fails</b> when more measurements than <see cref="FailureLimit"/> break its threshold. It is <b>inconclusive</b> when more than <see cref="InconclusiveLimit"/> give no number, or
/// more than <see cref="ConsecutiveErrorLimit"/> in a row cannot be taken. It <b>passes</b> when the window is over, neither happened, and more than half of its measurements kept to the threshold.</para>
/// <para>One metric that fails or is inconclusive ends the analysis at once: it can't become a pass any more. A pass takes the whole window.</para>
/// </remarks>
public sealed record Analysis
{
    /// <summary>An analysis.</summary>
    /// <param name="prometheus">The server.</param>
    /// <param name="metrics">At least one metric.</param>
    public Analysis(PrometheusTarget prometheus, params IReadOnlyList<Metric> metrics)
    {
        ArgumentNullException.ThrowIfNull(prometheus);
        ArgumentNullException.ThrowIfNull(metrics);
        Prometheus = prometheus;
        Metrics = [.. metrics];
    }

    /// <summary>The server.</summary>
    public PrometheusTarget Prometheus { get; }

    /// <summary>The metrics.</summary>
    public IReadOnlyList<Metric> Metrics { get; }

    /// <summary>How long the deployment is observed, the initial delay included.</summary>
    /// <value>30 minutes</value>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The time from one measurement to the next.</summary>
    /// <value>1 minute</value>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The time before the first measurement, in which rates fill with the new version's requests.</summary>
    /// <value>1 minute</value>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many measurements are taken; null for as many as <see cref="Window"/> holds. With a number, the window is as long as they take.</summary>
    /// <value>null</value>
    public int? Count { get; init; }

    /// <summary>How many measurements of one metric may break its threshold.</summary>
    /// <value>1</value>
    public int FailureLimit { get; init; } = 1;

    /// <summary>How many measurements of one metric may give no number.</summary>
    /// <value>3</value>
    public int InconclusiveLimit { get; init; } = 3;

    /// <summary>How many measurements of one metric may fail to be taken in a row.</summary>
    /// <value>4</value>
    public int ConsecutiveErrorLimit { get; init; } = 4;

    /// <summary>How much of the time before the run the baseline is taken from: the median of the same query over that time.</summary>
    /// <value>30 minutes</value>
    public TimeSpan BaselineWindow { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Asks a person when nothing could be told. Null: nobody is asked, and it fails. What it throws fails it, too.</summary>
    /// <value>null</value>
    public Func<AnalysisResult, StageContext, CancellationToken, Task<InconclusiveDecision>>? WhenInconclusive { get; init; }

    /// <summary>How many measurements there are.</summary>
    internal int Planned => Count ?? (int)Math.Min(int.MaxValue, Math.Floor((Window - InitialDelay) / Interval) + 1);

    /// <summary>How long all of them take.</summary>
    internal TimeSpan Length => InitialDelay + Interval * (Planned - 1);

    /// <exception cref="InvalidUsageException">Something about it is not usable; all that is wrong is in one error.</exception>
    internal void Check()
    {
        PrometheusTargets.Check(Prometheus);
        var wrong = new List<string>();
        if (Metrics.Count == 0)
            wrong.Add("it has no metric: give it one, such as Metric.SuccessRate(Threshold.AtLeast(0.99))");
        if (Metrics.Any(metric => metric is null))
            wrong.Add("one of its metrics is null");
        foreach (IGrouping<string, Metric> same in Metrics.OfType<Metric>().GroupBy(metric => metric.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
            wrong.Add($"{same.Count()} metrics are called '{same.Key}': give each a name of its own (metric with {{ Name = … }})");
        if (Interval <= TimeSpan.Zero)
            wrong.Add($"Interval is {Durations.Text(Interval)}: it must be more than zero");
        if (InitialDelay < TimeSpan.Zero)
            wrong.Add("InitialDelay is negative");
        if (Count is <= 0)
            wrong.Add($"Count is {Count}: it must be at least 1, or null for as many as the window holds");
        if (Count is null && Window < InitialDelay)
            wrong.Add($"Window is {Durations.Text(Window)}, which is over before the first measurement (InitialDelay {Durations.Text(InitialDelay)})");
        if (FailureLimit < 0 || InconclusiveLimit < 0 || ConsecutiveErrorLimit < 0 || Metrics.Any(metric => metric is { FailureLimit: < 0 }))
            wrong.Add("a limit is negative: 0 allows none");
        if (BaselineWindow <= TimeSpan.Zero)
            wrong.Add("BaselineWindow must be more than zero");
        if (wrong.Count > 0)
            throw new InvalidUsageException("The analysis is not usable.", string.Join('\n', wrong.Select(line => "  - " + line)), "Correct the Analysis that Observe is given, or the settings it comes from.");
    }
}
