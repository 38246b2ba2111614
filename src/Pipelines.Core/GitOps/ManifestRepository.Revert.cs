using System.Text;
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
                (result, _) = await CommitRevertAsync(clone, commit, revision, previousTag, why, block, cancellationToken).ConfigureAwait(false);
                return result is ManifestRevert.Reverted;
            },
            cancellationToken).ConfigureAwait(false);
        return result!;
    }

    /// <summary>The same on a branch of its own, for people to merge: the target branch is not touched. A branch that says it already stays as it is, and whoever has reviewed it need not do so again.</summary>
    /// <returns>What would be taken back, and what changes in the environment's file, line by line.</returns>
    public async Task<(ManifestRevert Revert, string Diff)> ProposeRevertAsync(ManifestCommit commit, string revision, string? previousTag, string why, string branch, BlockedDigest? block, CancellationToken cancellationToken)
    {
        BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);
        (ManifestRevert revert, string diff) = await CommitRevertAsync(clone, commit, revision, previousTag, why, block, cancellationToken).ConfigureAwait(false);
        if (revert is ManifestRevert.Reverted && !await IsProposedAsync(clone, commit, revision, branch, cancellationToken).ConfigureAwait(false))
            await clone.ReplaceBranchAsync(branch, cancellationToken).ConfigureAwait(false);
        return (revert, diff);
    }

    private static async Task<bool> IsProposedAsync(BareClone clone, ManifestCommit commit, string revision, string branch, CancellationToken cancellationToken)
    {
        if (await clone.FindBranchAsync(branch, cancellationToken).ConfigureAwait(false) is not { } there)
            return false;
        string[] lines = (await clone.DescribeAsync(there, cancellationToken).ConfigureAwait(false)).Message.Split('\n');
        return lines.Contains(RunLine(commit)) && lines.Contains(RevertLine(revision));
    }

    /// <summary>Makes the commit that takes ours back, on the newest state, and pushes nothing.</summary>
    private async Task<(ManifestRevert Revert, string Diff)> CommitRevertAsync(BareClone clone, ManifestCommit commit, string revision, string? previousTag, string why, BlockedDigest? block, CancellationToken cancellationToken)
    {
        string[] paths = commit.Environment is null ? [_target.File] : [_target.File, BlockedDigests.File(commit.App, commit.Environment)];
        IReadOnlyList<GitFile?> files = await clone.ReadAsync(clone.Tip, paths, cancellationToken).ConfigureAwait(false);
        GitFile? file = files[0];
        ManifestEdit? value = file is { IsRegular: true } ? ManifestEdit.Open(_target, file.Bytes) : null;
        if (value is null || !value.Says(commit.Tag, commit.Digest))
        {
            await clone.ContainsAsync(clone.Tip, revision, cancellationToken).ConfigureAwait(false); // brings the history since our commit
            return (new ManifestRevert.NotOurs(value?.Tag, await clone.LastChangeAsync(_target.File, cancellationToken).ConfigureAwait(false)), "");
        }

        (byte[] bytes, string? tag) = await BeforeAsync(clone, file!, value, revision, previousTag, cancellationToken).ConfigureAwait(false);
        List<GitFileChange> changes = [new(_target.File, bytes, file!.Mode)];
        if (block is not null)
            changes.Add(new GitFileChange(paths[1], BlockedDigests.Write(BlockedDigests.Read(paths[1], files[1]?.Bytes).With(block))));
        string subject = $"ci: revert {commit.App} to {tag ?? "no tag"} [skip ci]";
        string message = ManifestCommit.Compose(subject, $"{why}\n{RevertLine(revision)}", commit.RunId, commit.Trailers);
        string id = await clone.CommitAsync(changes, message, Identity, cancellationToken).ConfigureAwait(false);
        return (new ManifestRevert.Reverted(id, tag) { Blocks = block is not null }, Diff(Encoding.UTF8.GetString(file.Bytes), Encoding.UTF8.GetString(bytes)));
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
