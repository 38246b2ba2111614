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
    public async Task<ManifestRevert> RevertAsync(ManifestCommit commit, string revision, string? previousTag, string why, CancellationToken cancellationToken)
    {
        ManifestRevert? result = null;
        await PushAsync(
            async clone =>
            {
                GitFile? file = await clone.ReadAsync(clone.Tip, _target.File, cancellationToken).ConfigureAwait(false);
                YamlScalarEdit? value = file is { IsRegular: true } ? YamlScalarEdit.Open(_target.File, file.Bytes, _key) : null;
                if (value?.Value != commit.Tag)
                {
                    await clone.ContainsAsync(clone.Tip, revision, cancellationToken).ConfigureAwait(false); // brings the history since our commit
                    result = new ManifestRevert.NotOurs(value?.Value, await clone.LastChangeAsync(_target.File, cancellationToken).ConfigureAwait(false));
                    return false;
                }

                (byte[] bytes, string? tag) = await BeforeAsync(clone, file!, value, revision, previousTag, cancellationToken).ConfigureAwait(false);
                string subject = $"ci: revert {commit.App} to {tag ?? "no tag"} [skip ci]";
                string message = ManifestCommit.Compose(subject, $"{why}\n{RevertLine(revision)}", commit.RunId, commit.Trailers);
                string id = await clone.CommitAsync(_target.File, Encoding.UTF8.GetString(bytes), file!.Mode, message, Identity, cancellationToken).ConfigureAwait(false);
                result = new ManifestRevert.Reverted(id, tag);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return result!;
    }

    /// <summary>The file with the value written as it was before our commit.</summary>
    private async Task<(byte[] Bytes, string? Tag)> BeforeAsync(BareClone clone, GitFile now, YamlScalarEdit value, string revision, string? previousTag, CancellationToken cancellationToken)
    {
        if (await clone.DeepenToParentAsync(revision, cancellationToken).ConfigureAwait(false)
            && await clone.ReadAsync(revision, _target.File, cancellationToken).ConfigureAwait(false) is { IsRegular: true } ours
            && await clone.ReadAsync(revision + "^", _target.File, cancellationToken).ConfigureAwait(false) is { IsRegular: true } before)
        {
            YamlScalarEdit earlier = YamlScalarEdit.Open(_target.File, before.Bytes, _key);
            return (ours.Bytes.AsSpan().SequenceEqual(now.Bytes) ? before.Bytes : value.SetAsIn(earlier), earlier.Value);
        }

        if (previousTag is null)
        {
            throw new GitException(
                GitFailure.Other,
                $"The commit {revision} is in the history of '{_target.Branch}' no more, so what it replaced is not known.",
                $"  repository {Name}",
                $"Set '{_target.Key}' in '{_target.File}' by hand to the tag that shall run.");
        }

        return (value.Set(previousTag), previousTag);
    }
}
