namespace Pipelines.Core.Stages.Scan;

/// <summary>What the secret scan found in one place.</summary>
/// <param name="Rule">The id of the rule.</param>
/// <param name="Title">What it is and what to do, in a sentence or two.</param>
/// <param name="File">The file, from the service's root, with <c>/</c>.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1; 0 where unknown.</param>
/// <param name="Fingerprint">Names the value without telling it.</param>
/// <param name="Preview">The public prefix of the value at most; empty where there is no value.</param>
/// <param name="Commit">The commit that added it; null for what is in the files now.</param>
internal sealed record SourceFinding(string Rule, string Title, string File, int Line, int Column, string Fingerprint, string Preview, string? Commit)
{
    /// <summary>Such as <c>src/app.py:12</c>, with the commit where it is not in the files.</summary>
    public string Place => Commit is null ? $"{File}:{Line}" : $"{File}:{Line} of commit {(Commit.Length > 10 ? Commit[..10] : Commit)}";

    public bool IsSecret => Preview.Length > 0;

    public Finding ToFinding() => new(Rule, Severity.Critical, Place, $"fingerprint {Fingerprint}", IsSecret ? "revoke it" : "take it out", Title, File);
}
