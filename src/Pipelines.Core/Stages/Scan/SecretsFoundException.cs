using System.Text;

namespace Pipelines.Core;

/// <summary>There are secrets in the sources, or lines of a workflow that give secrets away. A retry never helps.</summary>
public sealed class SecretsFoundException : PipelineException
{
    private const int Listed = 30;

    internal SecretsFoundException(IReadOnlyList<Stages.Scan.SourceFinding> findings, ScanResult result, string ignoreFile)
        : base(Summary(findings), Table(findings), NextSteps(findings, ignoreFile)) => Result = result;

    /// <summary>Everything the scan found, without the secrets themselves.</summary>
    public ScanResult Result { get; }

    private static string Summary(IReadOnlyList<Stages.Scan.SourceFinding> findings)
    {
        int secrets = findings.Count(finding => finding.IsSecret);
        int lines = findings.Count - secrets;
        string text = secrets == 0 ? "" : secrets == 1 ? "1 secret is in the sources" : $"{secrets} secrets are in the sources";
        string gives = lines == 0 ? "" : lines == 1 ? "1 line of a workflow gives secrets away" : $"{lines} lines of workflows give secrets away";
        return text.Length > 0 && gives.Length > 0 ? $"{text}, and {gives}." : $"{text}{gives}.";
    }

    private static string Table(IReadOnlyList<Stages.Scan.SourceFinding> findings)
    {
        var text = new StringBuilder();
        foreach (Stages.Scan.SourceFinding finding in findings.Take(Listed))
        {
            text.Append("  ").Append(finding.Place).Append("  ").Append(finding.Rule).Append(finding.Preview.Length > 1 ? $"  {finding.Preview}" : "").Append("  fingerprint ").Append(finding.Fingerprint)
                .Append("\n    ").Append(finding.Title).Append('\n');
        }

        if (findings.Count > Listed)
            text.Append("  … and ").Append(findings.Count - Listed).Append(" more, in the summary\n");
        return text.ToString();
    }

    private static string NextSteps(IReadOnlyList<Stages.Scan.SourceFinding> findings, string ignoreFile)
    {
        string revoke = findings.Any(finding => finding.IsSecret)
            ? "Revoke each secret where it was issued: whoever can read the repository has it. Then keep the new one in a store and write its reference: SecretReference.Parse(\"env://NAME\"). "
            : "";
        return $"{revoke}Where a finding is none, add it to '{ignoreFile}' with a reason:\n  - fingerprint: {findings[0].Fingerprint}\n    reason: …";
    }
}
