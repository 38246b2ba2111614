using System.Text;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

internal sealed partial class ManifestRepository
{
    /// <summary>Sets the value by a commit on a branch of its own, which is ours: what was on it is replaced. The target branch is not touched.</summary>
    /// <param name="commit">What is written.</param>
    /// <param name="branch">The branch.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="anew">Whether the branch is made anew also where its file says the same: it does not go together with the newest state.</param>
    /// <exception cref="GitException">The repository cannot be reached or refuses.</exception>
    /// <exception cref="DigestBlockedException">The digest was rolled back in this environment. Nothing was pushed.</exception>
    /// <exception cref="OlderCommitException">What runs there is newer. Nothing was pushed.</exception>
    /// <exception cref="ManifestFileException">The file does not hold the value as it should. Nothing was pushed.</exception>
    public async Task<ManifestProposal> ProposeAsync(ManifestCommit commit, string branch, CancellationToken cancellationToken, bool anew = false)
    {
        BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);
        (GitFile file, GitFile? blocked) = await ReadAsync(clone, commit, cancellationToken).ConfigureAwait(false);
        ManifestEdit value = ManifestEdit.Open(_target, file.Bytes);
        byte[] bytes = value.Set(commit.Tag, commit.Digest);
        if (bytes.AsSpan().SequenceEqual(file.Bytes))
        {
            (string tip, _) = await clone.DescribeAsync(clone.Tip, cancellationToken).ConfigureAwait(false);
            return new ManifestProposal(tip, Changed: false, value.Tag, "");
        }

        RefuseBlocked(commit, blocked);
        await RefuseOlderAsync(clone, commit, value, cancellationToken).ConfigureAwait(false);
        string diff = Diff(Encoding.UTF8.GetString(file.Bytes), Encoding.UTF8.GetString(bytes));
        // Pushed again, it would be a new commit, and whoever has reviewed it would have to do so again.
        if (!anew && await clone.FindBranchAsync(branch, cancellationToken).ConfigureAwait(false) is { } there
            && await clone.ReadAsync(there, _target.File, cancellationToken).ConfigureAwait(false) is { IsRegular: true } proposed && proposed.Bytes.AsSpan().SequenceEqual(bytes))
            return new ManifestProposal(there, Changed: true, value.Tag, diff);
        string id = await clone.CommitAsync([new GitFileChange(_target.File, bytes, file.Mode)], commit.Message, Identity, cancellationToken).ConfigureAwait(false);
        await clone.ReplaceBranchAsync(branch, cancellationToken).ConfigureAwait(false);
        return new ManifestProposal(id, Changed: true, value.Tag, diff);
    }

    /// <summary>The lines that differ. The edits change lines and move none.</summary>
    private static string Diff(string before, string after)
    {
        string[] old = before.Split('\n'), now = after.Split('\n');
        var text = new StringBuilder();
        for (int line = 0; line < Math.Max(old.Length, now.Length); line++)
        {
            string? left = line < old.Length ? old[line].TrimEnd('\r') : null, right = line < now.Length ? now[line].TrimEnd('\r') : null;
            if (left == right)
                continue;
            if (left is not null)
                text.Append("- ").Append(left).Append('\n');
            if (right is not null)
                text.Append("+ ").Append(right).Append('\n');
        }

        return text.ToString().TrimEnd('\n');
    }
}
