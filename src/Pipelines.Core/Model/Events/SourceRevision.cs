namespace Pipelines.Core;

/// <summary>The commit that a run builds.</summary>
/// <param name="Commit">The full commit id.</param>
/// <param name="Branch">The branch; null on a detached HEAD that no host names.</param>
/// <param name="RemoteUrl">The remote <c>origin</c> without credentials; null where there is none.</param>
/// <param name="UncommittedChanges">The changed and untracked files of the service's folder; empty when it is clean.</param>
/// <param name="Tag">The image tag that names exactly these sources: the commit id, with a suffix made from the changed contents where there are uncommitted changes, and one of its own for a pull request.</param>
/// <param name="CommittedAt">When the commit was made.</param>
public sealed record SourceRevision(string Commit, string? Branch, string? RemoteUrl, IReadOnlyList<string> UncommittedChanges, string Tag, DateTimeOffset CommittedAt)
{
    /// <summary>Who wrote the commit, as <c>Name &lt;mail&gt;</c>, where that was recorded elsewhere; null to ask git.</summary>
    internal IReadOnlyList<string>? Authors { get; init; }

    /// <summary>Whether the files are exactly those of the commit.</summary>
    public bool IsClean => UncommittedChanges.Count == 0;

    /// <summary>The first 10 digits of the commit id.</summary>
    public string ShortCommit => Commit.Length > 10 ? Commit[..10] : Commit;
}
