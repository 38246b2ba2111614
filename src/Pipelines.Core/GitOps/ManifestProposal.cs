namespace Pipelines.Core.GitOps;

/// <summary>A change on a branch of its own.</summary>
/// <param name="Revision">The commit on that branch; the newest one of the target where there is nothing to change.</param>
/// <param name="Changed">Whether there is anything to change.</param>
/// <param name="PreviousTag">The value on the target branch.</param>
/// <param name="Diff">What changes, line by line.</param>
internal sealed record ManifestProposal(string Revision, bool Changed, string? PreviousTag, string Diff);
