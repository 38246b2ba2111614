namespace Pipelines.Core.GitOps;

/// <summary>What an environment runs, as the branch that Argo CD follows says it.</summary>
/// <param name="Revision">The newest commit of the branch.</param>
/// <param name="Tag">The tag; null where it is empty.</param>
/// <param name="Digest">The digest: the file's, else the one in the message of the deployment; null where neither says.</param>
/// <param name="LastChange">The commit that made it so, whatever it was; null where the history does not say.</param>
/// <param name="Deployment">The newest deployment by a run of this tag: which commit of the service it is, from which branch, who approved; null where there was none. After an undo it is an older one than <paramref name="LastChange"/>.</param>
/// <param name="Blocked">The digests that may not be deployed there.</param>
internal sealed record EnvironmentState(string Revision, string? Tag, string? Digest, ManifestRecord? LastChange, ManifestRecord? Deployment, IReadOnlyList<BlockedDigest> Blocked);
