namespace Pipelines.Core.GitOps.Preview;

/// <summary>What was done to a preview's file.</summary>
/// <param name="Revision">The commit: ours, or the newest one where there was nothing to change.</param>
/// <param name="Changed">Whether a commit of ours was pushed.</param>
/// <param name="Before">The preview as it was; null where there was none.</param>
internal sealed record PreviewChange(string Revision, bool Changed, PreviewState? Before);
