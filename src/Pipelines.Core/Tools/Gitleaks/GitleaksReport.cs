using System.Text.Json;
using Pipelines.Core.Secrets.Detection;

namespace Pipelines.Core.Tools.Gitleaks;

/// <summary>Reads gitleaks' JSON report: a list of objects whose fields are those of <c>report/finding.go</c> in its sources, version 8.</summary>
internal static class GitleaksReport
{
    /// <exception cref="ScanReportException">It is not of that form.</exception>
    public static IReadOnlyList<GitleaksFinding> Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Array => [.. document.RootElement.EnumerateArray().Select(Read)],
                JsonValueKind.Null => [], // what versions before 8.16 write for none
                _ => throw Unreadable("it is no list"),
            };
        }
        catch (JsonException exception)
        {
            throw Unreadable(json.Trim().Length == 0 ? "it is empty" : "it is no JSON", exception);
        }
    }

    public static ScanReportException Unreadable(string reason, Exception? inner = null) => new(
        "Gitleaks' report cannot be read, so the sources do not pass.",
        reason,
        "Check that 'gitleaks' on the PATH is gitleaks 8.19 or later ('gitleaks version'), or take it off the PATH: the scan then goes by its own rules alone.",
        inner);

    private static GitleaksFinding Read(JsonElement one)
    {
        string rule = Text("RuleID");
        string file = Text("File").Replace('\\', '/');
        if (rule.Length == 0 || file.Length == 0)
            throw Unreadable("an entry has no RuleID or no File");
        if (file.StartsWith("./", StringComparison.Ordinal))
            file = file[2..];
        double entropy = one.TryGetProperty("Entropy", out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;
        string fingerprint = SecretFingerprint.Of(FormattableString.Invariant($"{rule}\n{file}\n{Text("Match")}\n{entropy}")); // the value itself is redacted
        return new GitleaksFinding(rule, Text("Description"), file, Number("StartLine"), Number("StartColumn"), Text("Commit") is { Length: > 0 } commit ? commit : null, fingerprint);

        string Text(string name) => one.ValueKind == JsonValueKind.Object && one.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";

        int Number(string name) => one.TryGetProperty(name, out JsonElement number) && number.TryGetInt32(out int count) ? count : 0;
    }
}
