using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

internal sealed partial class ManifestRepository
{
    /// <summary>Takes a deployment's commit back, on the newest state of the branch, whoever pushed since. A value that is not ours any more is left alone.</summary>
    /// <param name="commit">What was deployed.</param>
    /// <param name="revision">The commit that did it.</param>
    /// <param name="previousTag">The value before, for the case that the commit is in the history no more.</param>
    /// <param name="why">A sentence for the message.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="block">What may not be deployed again until somebody says so: written by the same commit. Null for nothing.</param>
    public async Task<ManifestRevert> RevertAsync(ManifestCommit commit, string revision, string? previousTag, string why, CancellationToken cancellationToken, BlockedDigest? block = null)
    {
        ManifestRevert? result = null;
        await PushAsync(
            async clone =>
            {
                string[] paths = commit.Environment is null ? [_target.File] : [_target.File, BlockedDigests.File(commit.App, commit.Environment)];
                IReadOnlyList<GitFile?> files = await clone.ReadAsync(clone.Tip, paths, cancellationToken).ConfigureAwait(false);
                GitFile? file = files[0];
                ManifestEdit? value = file is { IsRegular: true } ? ManifestEdit.Open(_target, file.Bytes) : null;
                if (value is null || !value.Says(commit.Tag, commit.Digest))
                {
                    await clone.ContainsAsync(clone.Tip, revision, cancellationToken).ConfigureAwait(false); // brings the history since our commit
                    result = new ManifestRevert.NotOurs(value?.Tag, await clone.LastChangeAsync(_target.File, cancellationToken).ConfigureAwait(false));
                    return false;
                }

                (byte[] bytes, string? tag) = await BeforeAsync(clone, file!, value, revision, previousTag, cancellationToken).ConfigureAwait(false);
                List<GitChange> changes = [new(_target.File, bytes, file!.Mode)];
                if (block is not null)
                    changes.Add(new GitChange(paths[1], BlockedDigests.Write(BlockedDigests.Read(paths[1], files[1]?.Bytes).With(block))));
                string subject = $"ci: revert {commit.App} to {tag ?? "no tag"} [skip ci]";
                string message = ManifestCommit.Compose(subject, $"{why}\nThis reverts commit {revision}.", commit.RunId, commit.Trailers);
                string id = await clone.CommitAsync(changes, message, Identity, cancellationToken).ConfigureAwait(false);
                result = new ManifestRevert.Reverted(id, tag) { Blocks = block is not null };
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return result!;
    }

    /// <summary>The file with the values written as they were before our commit.</summary>
    private async Task<(byte[] Bytes, string? Tag)> BeforeAsync(BareClone clone, GitFile now, ManifestEdit value, string revision, string? previousTag, CancellationToken cancellationToken)
    {
        if (await clone.DeepenToParentAsync(revision, cancellationToken).ConfigureAwait(false)
            && await clone.ReadAsync(revision, _target.File, cancellationToken).ConfigureAwait(false) is { IsRegular: true } ours
            && await clone.ReadAsync(revision + "^", _target.File, cancellationToken).ConfigureAwait(false) is { IsRegular: true } before)
        {
            ManifestEdit earlier = ManifestEdit.Open(_target, before.Bytes);
            return (ours.Bytes.AsSpan().SequenceEqual(now.Bytes) ? before.Bytes : value.SetAsIn(earlier), earlier.Tag);
        }

        if (previousTag is null || value.HasDigest)
        {
            throw new GitException(
                GitFailure.Other,
                $"The commit {revision} is in the history of '{_target.Branch}' no more, so what it replaced is not known.",
                $"  repository {Name}",
                $"Somebody has rewritten the branch. Set '{_target.Key}'{(_target.DigestKey is null ? "" : $" and '{_target.DigestKey}'")} in '{_target.File}' by hand to what shall run{(previousTag is null ? "" : $"; before this run it was {previousTag}")}.");
        }

        return (value.Set(previousTag, null), previousTag);
    }
}
