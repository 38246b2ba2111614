using System.Globalization;

namespace Pipelines.Core.Model;

/// <summary>Values of metrics as people read them, the same in logs, errors and reports.</summary>
internal static class MetricText
{
    private const int MaxValues = 12;

    /// <summary>Such as <c>99.95 %</c>, <c>120 ms</c>, <c>3</c>.</summary>
    public static string Value(double value, MetricUnit unit) => !double.IsFinite(value) ? NotFinite(value) : unit switch
    {
        MetricUnit.Ratio => string.Create(CultureInfo.InvariantCulture, $"{Significant(value * 100)} %"),
        MetricUnit.Seconds when Math.Abs(value) is < 1 and >= 0.01 => string.Create(CultureInfo.InvariantCulture, $"{value * 1000:0.#} ms"),
        MetricUnit.Seconds when Math.Abs(value) < 0.01 => string.Create(CultureInfo.InvariantCulture, $"{Significant(value * 1000)} ms"),
        MetricUnit.Seconds => string.Create(CultureInfo.InvariantCulture, $"{Significant(value)} s"),
        _ => Significant(value),
    };

    /// <summary>A measurement: its value, or why there is none.</summary>
    public static string Of(MetricMeasurement measurement, MetricUnit unit) => measurement.Value is { } value ? Value(value, unit) : measurement.Problem ?? "no value";

    /// <summary>The last values of a metric in a line; errors and gaps are words.</summary>
    public static string Values(MetricResult metric)
    {
        if (metric.Measurements.Count == 0)
            return "nothing was measured";
        IEnumerable<string> words = metric.Measurements.TakeLast(MaxValues).Select(measurement => measurement switch
        {
            { Outcome: MeasurementOutcome.Error } => "error",
            { Value: { } value } => Value(value, metric.Unit),
            _ => "no value",
        });
        return (metric.Measurements.Count > MaxValues ? $"… the last {MaxValues} of {metric.Measurements.Count}: " : "") + string.Join(", ", words);
    }

    /// <summary>Each metric with its verdict, its query and its values: the evidence of an analysis.</summary>
    public static string Evidence(AnalysisResult result) => string.Join('\n', result.Metrics.Select(metric =>
        $"  {metric.Name}: {Word(metric.Verdict)}, {metric.Reason}\n    asked:  {metric.Threshold}{(metric.Baseline is { } baseline ? $" (before the deployment: {Value(baseline, metric.Unit)})" : "")}\n    values: {Values(metric)}\n    query:  {metric.Query}"));

    public static string Word(AnalysisVerdict verdict) => verdict switch { AnalysisVerdict.Pass => "pass", AnalysisVerdict.Fail => "fail", _ => "inconclusive" };

    public static string Word(MeasurementOutcome outcome) => outcome switch
    {
        MeasurementOutcome.Pass => "pass",
        MeasurementOutcome.Fail => "fail",
        MeasurementOutcome.Error => "error",
        _ => "inconclusive",
    };

    private static string NotFinite(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"; // as Prometheus writes them

    /// <summary>Enough digits to tell values from their threshold: four, and as many more as the whole part has.</summary>
    private static string Significant(double value)
    {
        double size = Math.Abs(value);
        if (size >= 1000 || value == Math.Floor(value) && size < 1e15)
            return value.ToString("0.#", CultureInfo.InvariantCulture);
        if (size is > 0 and < 1e-4)
            return value.ToString("0.###e-0", CultureInfo.InvariantCulture);
        return value.ToString(size >= 10 ? "0.###" : size >= 1 ? "0.####" : "0.#####", CultureInfo.InvariantCulture);
    }
}
