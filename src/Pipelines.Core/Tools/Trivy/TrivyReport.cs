using System.Text.Json;

namespace Pipelines.Core.Tools.Trivy;

/// <summary>Reads Trivy's JSON report (schema version 2, <see href="https://trivy.dev/docs/latest/configuration/reporting/#json"/>): vulnerabilities, secrets and failed misconfigurations.</summary>
/// <remarks>The text of a secret never leaves this class. Licences are not findings.</remarks>
internal static class TrivyReport
{
    private const int SchemaVersion = 2;

    /// <summary>Reads a report, worst finding first.</summary>
    /// <exception cref="ScanReportException">It is no such report: nothing may be concluded from it.</exception>
    public static IReadOnlyList<Finding> Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw new ScanReportException("it is empty");
        try
        {
            using var document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            Check(root);
            var findings = new List<Finding>();
            if (root.TryGetProperty("Results", out JsonElement results) && results.ValueKind != JsonValueKind.Null)
                foreach (JsonElement result in Elements(results, "Results"))
                    Read(result, findings);
            return [.. findings.OrderByDescending(finding => finding.Severity).ThenBy(finding => finding.Id, StringComparer.Ordinal).ThenBy(finding => finding.Package, StringComparer.Ordinal)];
        }
        catch (JsonException exception)
        {
            string start = text.AsSpan().TrimStart().StartsWith("<") ? "it is XML, not JSON" : $"it is no valid JSON ({exception.Message})";
            throw new ScanReportException(start, exception);
        }
    }

    private static void Check(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new ScanReportException("it is no JSON object");
        if (root.TryGetProperty("runs", out _) && root.TryGetProperty("$schema", out _))
            throw new ScanReportException("it is in the SARIF format");
        if (root.TryGetProperty("detector", out _) && root.TryGetProperty("manifests", out _))
            throw new ScanReportException("it is a GitHub dependency snapshot");
        if (root.TryGetProperty("bomFormat", out _) || root.TryGetProperty("spdxVersion", out _))
            throw new ScanReportException("it is a bill of materials");
        if (!root.TryGetProperty("SchemaVersion", out JsonElement version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number))
            throw new ScanReportException("it names no SchemaVersion");
        if (number != SchemaVersion)
            throw new ScanReportException($"its SchemaVersion is {number}, and {SchemaVersion} is known here");
        if (!root.TryGetProperty("ArtifactName", out _))
            throw new ScanReportException("it names no ArtifactName");
    }

    private static void Read(JsonElement result, List<Finding> findings)
    {
        string target = Text(result, "Target") ?? "";
        foreach (JsonElement vulnerability in Section(result, "Vulnerabilities"))
        {
            findings.Add(new Finding(
                Required(vulnerability, "VulnerabilityID"),
                ReadSeverity(vulnerability),
                Text(vulnerability, "PkgName") ?? "",
                Text(vulnerability, "InstalledVersion") ?? "",
                Text(vulnerability, "FixedVersion") is { Length: > 0 } version ? version : null,
                Text(vulnerability, "Title") ?? "",
                target));
        }

        foreach (JsonElement secret in Section(result, "Secrets")) // never "Match" and "Code": they hold the secret's line
            findings.Add(new Finding(Required(secret, "RuleID"), ReadSeverity(secret), "secret", $"line {Number(secret, "StartLine")}", "take it out of the image", Text(secret, "Title") ?? "", target));
        foreach (JsonElement misconfiguration in Section(result, "Misconfigurations").Where(element => Text(element, "Status") is null or "FAIL"))
        {
            string resolution = Text(misconfiguration, "Resolution") is { Length: > 0 } text ? text : "change the configuration";
            findings.Add(new Finding(Required(misconfiguration, "ID"), ReadSeverity(misconfiguration), "configuration", "", resolution, Text(misconfiguration, "Title") ?? "", target));
        }
    }

    private static JsonElement.ArrayEnumerator Section(JsonElement result, string name) =>
        result.ValueKind == JsonValueKind.Object && result.TryGetProperty(name, out JsonElement section) && section.ValueKind != JsonValueKind.Null ? Elements(section, name) : default;

    private static JsonElement.ArrayEnumerator Elements(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw new ScanReportException($"its '{name}' is no list");

    private static Severity ReadSeverity(JsonElement finding) => Text(finding, "Severity") switch
    {
        "CRITICAL" => Severity.Critical,
        "HIGH" => Severity.High,
        "MEDIUM" => Severity.Medium,
        "LOW" => Severity.Low,
        "UNKNOWN" or "" or null => Severity.Unknown,
        var other => throw new ScanReportException($"'{other}' is no severity known here"), // a new, worse one must not pass as none
    };

    private static string Required(JsonElement finding, string name) => Text(finding, name) is { Length: > 0 } text ? text : throw new ScanReportException($"a finding has no '{name}'");

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : 0;
}
