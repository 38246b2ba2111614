using System.Globalization;

namespace Pipelines.Core.Stages.Scan;

/// <summary>Which findings of the secret scan stop the sources: all but those of the allow list.</summary>
internal static class SecretVerdict
{
    /// <summary>Splits the findings, and tells of entries that expired and of those that fit nothing.</summary>
    public static (IReadOnlyList<SourceFinding> Blocking, IReadOnlyList<SourceFinding> Ignored) Of(IReadOnlyList<SourceFinding> findings, IReadOnlyList<SecretIgnoreEntry> allowed, DateOnly today, StageLog log)
    {
        foreach (SecretIgnoreEntry expired in allowed.Where(entry => entry.Expires < today))
            log.Warning(string.Create(CultureInfo.InvariantCulture, $"The allow list's entry for {expired.Subject} (line {expired.Line}) expired on {expired.Expires:yyyy-MM-dd} and does not count any more: {expired.Reason}"));
        SecretIgnoreEntry[] counted = [.. allowed.Where(entry => entry.Expires is null || entry.Expires >= today)];
        var used = new HashSet<SecretIgnoreEntry>();
        var blocking = new List<SourceFinding>();
        var ignored = new List<SourceFinding>();
        foreach (SourceFinding finding in findings)
        {
            SecretIgnoreEntry[] fitting = [.. counted.Where(entry => entry.Fits(finding))];
            used.UnionWith(fitting);
            (fitting.Length > 0 ? ignored : blocking).Add(finding);
        }

        foreach (SecretIgnoreEntry entry in counted)
        {
            if (used.Contains(entry))
                log.Info($"{findings.Count(entry.Fits)} of {entry.Subject} may pass: {entry.Reason}");
            else
                log.Warning($"The allow list's entry for {entry.Subject} (line {entry.Line}) fits no finding: take it out.");
        }

        return (blocking, ignored);
    }

    /// <summary>The same value in a file and in the commit that brought it is one finding, and so is what two scanners see in one line.</summary>
    public static IReadOnlyList<SourceFinding> Distinct(IEnumerable<SourceFinding> own, IEnumerable<SourceFinding> others)
    {
        var kept = new List<SourceFinding>();
        var values = new HashSet<(string, string)>();
        var lines = new HashSet<(string, int, string?)>();
        foreach (SourceFinding finding in own.OrderBy(finding => finding.Commit is not null).ThenBy(finding => finding.File, StringComparer.Ordinal).ThenBy(finding => finding.Line).ThenBy(finding => finding.Column))
        {
            lines.Add((finding.File, finding.Line, finding.Commit));
            if (finding.Commit is null || values.Add((finding.File, finding.Fingerprint)))
                kept.Add(finding);
            values.Add((finding.File, finding.Fingerprint));
        }

        foreach (SourceFinding finding in others.OrderBy(finding => finding.Commit is not null))
            if (!lines.Contains((finding.File, finding.Line, finding.Commit)) && (finding.Commit is null || values.Add((finding.File, finding.Fingerprint))))
                kept.Add(finding);
        return kept;
    }
}
