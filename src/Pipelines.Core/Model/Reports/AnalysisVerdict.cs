namespace Pipelines.Core;

/// <summary>What an analysis of metrics came to. Only <see cref="Pass"/> lets a deployment stay.</summary>
public enum AnalysisVerdict
{
    /// <summary>Nothing could be told: no data, no number, too many series, errors. Never taken for a pass.</summary>
    Inconclusive,

    /// <summary>The metrics kept to their thresholds.</summary>
    Pass,

    /// <summary>A metric broke its threshold more often than its limit allows.</summary>
    Fail,
}
