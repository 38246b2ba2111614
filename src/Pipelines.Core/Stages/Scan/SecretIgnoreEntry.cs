using System.IO.Enumeration;

namespace Pipelines.Core.Stages.Scan;

/// <summary>Findings of the secret scan that may pass: one value by its fingerprint, or a rule in a path.</summary>
/// <param name="Fingerprint">The fingerprint of the value; null where rule and path tell.</param>
/// <param name="Rule">The rule; null where the fingerprint tells.</param>
/// <param name="Path">The file, from the service's root; <c>*</c> stands for anything, folders included. Null where the fingerprint tells.</param>
/// <param name="Reason">Why it is no secret, or may stay.</param>
/// <param name="Expires">The last day it counts; null for always.</param>
/// <param name="Line">Where it stands in the file.</param>
internal sealed record SecretIgnoreEntry(string? Fingerprint, string? Rule, string? Path, string Reason, DateOnly? Expires, long Line)
{
    public string Subject => Fingerprint is null ? $"{Rule} in {Path}" : Fingerprint;

    public bool Fits(SourceFinding finding) => Fingerprint is not null
        ? string.Equals(finding.Fingerprint, Fingerprint, StringComparison.OrdinalIgnoreCase)
        : finding.Rule == Rule && FileSystemName.MatchesSimpleExpression(Path, finding.File, ignoreCase: false);
}
