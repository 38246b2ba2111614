namespace Pipelines.Core.GitOps;

/// <summary>How taking back a manifest commit ended.</summary>
internal abstract record ManifestRevert
{
    private ManifestRevert() { }

    /// <summary>A commit was pushed that brings the value of before back.</summary>
    public sealed record Reverted(string Revision, string? Tag) : ManifestRevert
    {
        /// <summary>Whether the digest that was taken back is blocked from then on.</summary>
        public bool Blocks { get; init; }
    }

    /// <summary>Our value is there no more: somebody else changed it, and it was left alone.</summary>
    /// <param name="Tag">What is there now; null where it is empty.</param>
    /// <param name="By">The commit that did it, where it is known.</param>
    public sealed record NotOurs(string? Tag, string? By) : ManifestRevert;
}
