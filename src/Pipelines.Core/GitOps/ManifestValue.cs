namespace Pipelines.Core.GitOps;

/// <summary>What an environment's file says.</summary>
/// <param name="Revision">The newest commit of the branch.</param>
/// <param name="Tag">The tag; null where it is empty.</param>
/// <param name="Digest">The digest beside it; null where there is none.</param>
internal sealed record ManifestValue(string Revision, string? Tag, string? Digest);
