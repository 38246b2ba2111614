namespace Pipelines.Core.GitOps;

/// <summary>What a deployment did to the manifest repository.</summary>
/// <param name="Revision">The commit: ours, or the newest one where the value was already there.</param>
/// <param name="Changed">Whether a commit of ours was pushed.</param>
/// <param name="PreviousTag">The value before; null where it was empty.</param>
internal sealed record ManifestChange(string Revision, bool Changed, string? PreviousTag)
{
    /// <summary>The digest before; null where it was empty or the chart has no key for it.</summary>
    public string? PreviousDigest { get; init; }
}
