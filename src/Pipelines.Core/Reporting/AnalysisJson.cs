using Pipelines.Core.Model;

namespace Pipelines.Core.Reporting;

/// <summary>The JSON of an analysis: each metric with its query and every value. What is no number is null.</summary>
internal static class AnalysisJson
{
    public static void Write(JsonText json, AnalysisResult analysis)
    {
        json.WriteStartObject("analysis");
        json.WriteString("source", analysis.Source);
        json.WriteString("verdict", MetricText.Word(analysis.Verdict));
        json.WriteString("reason", analysis.Reason);
        json.WriteNumber("duration", Math.Round(analysis.Duration.TotalSeconds, 3));
        if (analysis.AcceptedBy is { } person)
            json.WriteString("acceptedBy", person);
        json.WriteStartArray("metrics");
        foreach (MetricResult metric in analysis.Metrics)
            Write(json, metric);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static void Fields(JsonText json, MetricMeasurement measurement)
    {
        json.WriteString("at", measurement.At);
        if (measurement.Value is { } value)
            json.WriteNumber("value", value);
        json.WriteString("outcome", MetricText.Word(measurement.Outcome));
        if (measurement.Problem is { } problem)
            json.WriteString("problem", problem);
    }

    private static void Write(JsonText json, MetricResult metric)
    {
        json.WriteStartObject();
        json.WriteString("name", metric.Name);
        json.WriteString("query", metric.Query);
        json.WriteString("threshold", metric.Threshold);
        json.WriteString("verdict", MetricText.Word(metric.Verdict));
        json.WriteString("reason", metric.Reason);
        if (metric.Lower is { } lower)
            json.WriteNumber("lower", lower);
        if (metric.Upper is { } upper)
            json.WriteNumber("upper", upper);
        if (metric.Baseline is { } baseline)
            json.WriteNumber("baseline", baseline);
        json.WriteNumber("planned", metric.Planned);
        json.WriteStartArray("measurements");
        foreach (MetricMeasurement measurement in metric.Measurements)
        {
            json.WriteStartObject();
            Fields(json, measurement);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
