using System.Globalization;

namespace Pipelines.Core.Stages.Scan;

/// <summary>Which findings stop an image.</summary>
internal static class ScanVerdict
{
    public static ScanResult Of(string scanner, IReadOnlyList<Finding> findings, Severity failOn, bool ignoreUnfixed, IReadOnlyList<ScanIgnoreEntry> ignoreList, DateOnly today, StageLog log)
    {
        foreach (ScanIgnoreEntry expired in ignoreList.Where(entry => entry.Expires < today))
            log.Warning(string.Create(CultureInfo.InvariantCulture, $"The ignore entry for {expired.Id} (line {expired.Line}) expired on {expired.Expires:yyyy-MM-dd} and does not count any more: {expired.Reason}"));
        var counted = ignoreList.Where(entry => entry.Expires >= today).Select(entry => entry.Id).ToHashSet(StringComparer.Ordinal);
        foreach (ScanIgnoreEntry unused in ignoreList.Where(entry => counted.Contains(entry.Id) && findings.All(finding => finding.Id != entry.Id)))
            log.Info($"The ignore entry for {unused.Id} (line {unused.Line}) fits no finding: take it out.");

        List<Finding> bad = [.. findings.Where(finding => finding.Severity >= failOn && (!ignoreUnfixed || finding.FixedVersion is not null))];
        return new ScanResult(scanner, findings, [.. bad.Where(finding => !counted.Contains(finding.Id))], [.. bad.Where(finding => counted.Contains(finding.Id))]);
    }

    /// <summary>Such as <c>0 critical, 0 high, 3 medium (trivy 0.50)</c>.</summary>
    public static string Phrase(ScanResult result)
    {
        string low = result.Count(Severity.Low) + result.Count(Severity.Unknown) is > 0 and var others ? string.Create(CultureInfo.InvariantCulture, $", {others} lower") : "";
        string ignored = result.Ignored.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $", {result.Ignored.Count} ignored") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{result.Count(Severity.Critical)} critical, {result.Count(Severity.High)} high, {result.Count(Severity.Medium)} medium{low}{ignored} ({result.Scanner})");
    }
}
