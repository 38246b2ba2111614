namespace Pipelines.Core;

/// <summary>What an analysis saw of one metric: the query, every value, and the verdict.</summary>
/// <param name="Name">The metric, such as <c>success rate</c>.</param>
/// <param name="Query">The query as it was sent.</param>
/// <param name="Threshold">What was asked of it, such as <c>at least 99 %</c>.</param>
/// <param name="Verdict">What it came to.</param>
/// <param name="Reason">Why, in one line.</param>
/// <param name="Measurements">Every measurement, in order.</param>
public sealed record MetricResult(string Name, string Query, string Threshold, AnalysisVerdict Verdict, string Reason, IReadOnlyList<MetricMeasurement> Measurements)
{
    /// <summary>How its values are written.</summary>
    /// <value>plain numbers</value>
    public MetricUnit Unit { get; init; }

    /// <summary>The least value that passes; null for none.</summary>
    public double? Lower { get; init; }

    /// <summary>The greatest value that passes; null for none.</summary>
    public double? Upper { get; init; }

    /// <summary>The value before the deployment, where the threshold compares with it.</summary>
    public double? Baseline { get; init; }

    /// <summary>How many measurements the whole window holds.</summary>
    public int Planned { get; init; }

    /// <summary>How many measurements came to an outcome.</summary>
    /// <param name="outcome">The outcome.</param>
    public int Count(MeasurementOutcome outcome) => Measurements.Count(measurement => measurement.Outcome == outcome);
}
