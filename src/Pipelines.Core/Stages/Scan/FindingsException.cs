using System.Globalization;
using System.Text;

namespace Pipelines.Core;

/// <summary>A scan found what must not be deployed. A retry never helps.</summary>
public sealed class FindingsException : PipelineException
{
    private const int Listed = 20;

    internal FindingsException(ImageReference image, ScanResult result, string ignoreFile)
        : base(
            $"{image} has {result.Blocking.Count} {(result.Blocking.Count == 1 ? "finding that stops" : "findings that stop")} it: {Counts(result.Blocking)}.",
            Table(result.Blocking),
            "Update the packages or the base image to the fixed versions and build again. Where a finding does not apply, add its id to "
                + $"'{ignoreFile}' with a reason and an expiry date:\n  - id: {result.Blocking[0].Id}\n    reason: …\n    expires: YYYY-MM-DD") => Result = result;

    /// <summary>Everything the scan found.</summary>
    public ScanResult Result { get; }

    private static string Counts(IReadOnlyList<Finding> findings) =>
        string.Join(", ", findings.GroupBy(finding => finding.Severity).OrderByDescending(group => group.Key).Select(group => $"{group.Count()} {group.Key.ToString().ToLowerInvariant()}"));

    private static string Table(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        foreach (Finding finding in findings.Take(Listed))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {finding.Severity.ToString().ToUpperInvariant(),-8}  {finding.Id}  {finding.Package} {finding.InstalledVersion} → {finding.FixedVersion ?? "no fix yet"}");
            text.Append(finding.Title.Length > 0 ? $"  {Short(finding.Title)}" : "").Append(finding.Target.Length > 0 ? $"  ({finding.Target})" : "").Append('\n');
        }

        if (findings.Count > Listed)
            text.Append(CultureInfo.InvariantCulture, $"  … and {findings.Count - Listed} more, in the summary\n");
        return text.ToString();
    }

    private static string Short(string title) => title.Length <= 80 ? title : title[..79] + "…";
}
