using System.Globalization;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Engine.Journal;

/// <summary>What an analysis came to, with every value: the chart in the report of a run that goes on.</summary>
internal static class AnalysisJson
{
    public static void Write(JsonText json, AnalysisResult result)
    {
        json.WriteStartObject();
        json.WriteString("source", result.Source);
        json.WriteString("verdict", result.Verdict.ToString());
        json.WriteString("reason", result.Reason);
        json.WriteString("acceptedBy", result.AcceptedBy);
        JournalJson.WriteTime(json, "took", result.Duration);
        json.WriteStartArray("metrics");
        foreach (MetricResult metric in result.Metrics)
            Write(json, metric);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static AnalysisResult Read(JsonElement json) => new(
        JournalJson.Text(json, "source")!,
        Enum.Parse<AnalysisVerdict>(JournalJson.Text(json, "verdict")!),
        JournalJson.Text(json, "reason")!,
        [.. json.GetProperty("metrics").EnumerateArray().Select(ReadMetric)])
    {
        Duration = JournalJson.ReadTime(json, "took"),
        AcceptedBy = JournalJson.Text(json, "acceptedBy"),
    };

    private static void Write(JsonText json, MetricResult metric)
    {
        json.WriteStartObject();
        json.WriteString("name", metric.Name);
        json.WriteString("query", metric.Query);
        json.WriteString("threshold", metric.Threshold);
        json.WriteString("verdict", metric.Verdict.ToString());
        json.WriteString("reason", metric.Reason);
        json.WriteString("unit", metric.Unit.ToString());
        json.WriteNumber("planned", metric.Planned);
        Number("lower", metric.Lower);
        Number("upper", metric.Upper);
        Number("baseline", metric.Baseline);
        json.WriteStartArray("measurements");
        foreach (MetricMeasurement measurement in metric.Measurements)
        {
            json.WriteStartObject();
            json.WriteString("at", measurement.At.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("outcome", measurement.Outcome.ToString());
            Number("value", measurement.Value);
            json.WriteString("problem", measurement.Problem);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();

        void Number(string name, double? value)
        {
            if (value is { } number)
                json.WriteNumber(name, number);
        }
    }

    private static MetricResult ReadMetric(JsonElement json) => new(
        JournalJson.Text(json, "name")!,
        JournalJson.Text(json, "query")!,
        JournalJson.Text(json, "threshold")!,
        Enum.Parse<AnalysisVerdict>(JournalJson.Text(json, "verdict")!),
        JournalJson.Text(json, "reason")!,
        [
            .. json.GetProperty("measurements").EnumerateArray().Select(one => new MetricMeasurement(
                JournalJson.ReadInstant(one, "at"), Number(one, "value"), Enum.Parse<MeasurementOutcome>(JournalJson.Text(one, "outcome")!), JournalJson.Text(one, "problem"))),
        ])
    {
        Unit = Enum.Parse<MetricUnit>(JournalJson.Text(json, "unit")!),
        Planned = json.GetProperty("planned").GetInt32(),
        Lower = Number(json, "lower"),
        Upper = Number(json, "upper"),
        Baseline = Number(json, "baseline"),
    };

    private static double? Number(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
