namespace Pipelines.Core;

/// <summary>One measurement of a metric.</summary>
/// <param name="At">When it was taken.</param>
/// <param name="Value">The value; null where there was no single number.</param>
/// <param name="Outcome">What it came to.</param>
/// <param name="Problem">Why there is no value to judge; null where there is one.</param>
public sealed record MetricMeasurement(DateTimeOffset At, double? Value, MeasurementOutcome Outcome, string? Problem = null);
