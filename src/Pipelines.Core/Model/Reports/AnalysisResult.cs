namespace Pipelines.Core;

/// <summary>What an analysis of a deployment's metrics came to.</summary>
/// <param name="Source">The server that was asked, without credentials.</param>
/// <param name="Verdict">The verdict over all metrics.</param>
/// <param name="Reason">Why, in one sentence.</param>
/// <param name="Metrics">Each metric with its values.</param>
public sealed record AnalysisResult(string Source, AnalysisVerdict Verdict, string Reason, IReadOnlyList<MetricResult> Metrics)
{
    /// <summary>How long it observed.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Who accepted it although nothing could be told, and why; null where nobody was asked or needed to be.</summary>
    public string? AcceptedBy { get; init; }
}
