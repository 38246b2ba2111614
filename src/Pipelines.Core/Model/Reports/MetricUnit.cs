namespace Pipelines.Core;

/// <summary>How the values of a metric are written for people.</summary>
public enum MetricUnit
{
    /// <summary>Plain numbers.</summary>
    None,

    /// <summary>A share from 0 to 1, written as a percentage.</summary>
    Ratio,

    /// <summary>Seconds, written as a duration.</summary>
    Seconds,
}
