namespace Pipelines.Core.GitOps.Preview;

/// <summary>How taking back a run's own change of a preview ended.</summary>
/// <param name="Revision">The commit that did it; null where nothing was ours any more.</param>
/// <param name="Tag">What the preview is back at; null where it is gone.</param>
internal sealed record PreviewReversal(string? Revision, string? Tag);
