using System.Globalization;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Engine.Journal;

/// <summary>How a journal holds failures, reports and times.</summary>
internal static class JournalJson
{
    public static void WriteFailure(JsonText json, Failure failure)
    {
        json.WriteStartObject("failure");
        json.WriteString("what", failure.What);
        json.WriteString("evidence", failure.Evidence);
        json.WriteString("advice", failure.Advice);
        json.WriteString("type", failure.ErrorType);
        json.WriteString("kind", failure.Kind.ToString());
        json.WriteBoolean("imageAtFault", failure.IsImageAtFault);
        json.WriteEndObject();
    }

    public static Failure ReadFailure(JsonElement json)
    {
        JsonElement failure = json.GetProperty("failure");
        return new Failure(Text(failure, "what") ?? "", Text(failure, "evidence"), Text(failure, "advice"), Text(failure, "type") ?? "", Enum.Parse<FailureKind>(Text(failure, "kind")!))
        {
            IsImageAtFault = failure.GetProperty("imageAtFault").GetBoolean(),
        };
    }

    /// <summary>What a stage reported, so that the summary of a run that goes on tells it too.</summary>
    public static void WriteReports(JsonText json, IReadOnlyList<StageReport> reports)
    {
        if (reports.Count == 0)
            return;
        json.WriteStartArray("reports");
        foreach (StageReport report in reports)
        {
            switch (report)
            {
                case StageReport.Fact fact:
                    json.WriteStartObject();
                    json.WriteString("fact", fact.Name);
                    json.WriteString("value", fact.Value);
                    json.WriteEndObject();
                    break;
                case StageReport.Tests tests:
                    json.WriteStartObject();
                    json.WriteName("tests");
                    EvidenceJson.Write(json, tests.Results);
                    json.WriteEndObject();
                    break;
                case StageReport.Scan scan:
                    json.WriteStartObject();
                    json.WriteName("scan");
                    EvidenceJson.Write(json, scan.Result);
                    json.WriteEndObject();
                    break;
                case StageReport.Analysis analysis: // single measurements are not kept: it has all of them
                    json.WriteStartObject();
                    json.WriteName("analysis");
                    AnalysisJson.Write(json, analysis.Result);
                    json.WriteEndObject();
                    break;
            }
        }

        json.WriteEndArray();
    }

    public static IReadOnlyList<StageReport> ReadReports(JsonElement json)
    {
        if (!json.TryGetProperty("reports", out JsonElement array))
            return [];
        var reports = new List<StageReport>();
        foreach (JsonElement report in array.EnumerateArray())
        {
            if (report.TryGetProperty("fact", out JsonElement name))
                reports.Add(new StageReport.Fact(name.GetString()!, Text(report, "value") ?? ""));
            else if (report.TryGetProperty("tests", out JsonElement tests))
                reports.Add(new StageReport.Tests(EvidenceJson.ReadTests(tests)));
            else if (report.TryGetProperty("scan", out JsonElement scan))
                reports.Add(new StageReport.Scan(EvidenceJson.ReadScan(scan)));
            else if (report.TryGetProperty("analysis", out JsonElement analysis))
                reports.Add(new StageReport.Analysis(AnalysisJson.Read(analysis)));
        }

        return reports;
    }

    public static void WriteTime(JsonText json, string name, TimeSpan time) => json.WriteNumber(name, time.Ticks);

    public static TimeSpan ReadTime(JsonElement json, string name) => TimeSpan.FromTicks(json.GetProperty(name).GetInt64());

    public static DateTimeOffset ReadInstant(JsonElement json, string name) =>
        DateTimeOffset.Parse(Text(json, name)!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    /// <summary>A text; null where it is null or not there.</summary>
    public static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    public static IReadOnlyList<string> Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement array) ? [.. array.EnumerateArray().Select(one => one.GetString()!)] : [];

    public static void WriteTexts(JsonText json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
