using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

/// <content>What a deployment must not do: bring back what was rolled back, or put an older commit in the place of a newer one.</content>
internal sealed partial class ManifestRepository
{
    private (string Deployed, SourceOrder Order)? _compared;

    private static void RefuseBlocked(ManifestCommit commit, GitFile? file)
    {
        if (commit.Environment is null || file is null)
            return;
        BlockedDigest? blocked = BlockedDigests.Read(BlockedDigests.File(commit.App, commit.Environment), file.Bytes).FirstOrDefault(one => one.Matches(commit.Digest, commit.Tag));
        if (blocked is not null)
            throw new DigestBlockedException(commit.App, commit.Environment, commit.Tag, blocked);
    }

    /// <summary>Compares our commit of the service with the one that runs: by the service's own history where that knows both, else by the dates of the commits.</summary>
    private async Task RefuseOlderAsync(BareClone clone, ManifestCommit commit, ManifestEdit now, CancellationToken cancellationToken)
    {
        if (commit.AllowsOlder || commit.Source is not { } ours || now.Tag is null)
            return;

        // Tags are commit ids by default: then the manifest's history, which is costly under contention, is looked at only to tell of a refusal.
        ManifestRecord? running = null;
        string? deployed = CommitIn(now.Tag);
        if (deployed is null)
        {
            running = await DeploymentOfAsync(clone, now.Tag, cancellationToken).ConfigureAwait(false);
            deployed = running?.SourceCommit;
        }

        if (deployed is null || deployed == ours.Commit)
            return; // set by hand, or by a version that did not say: nothing to compare with
        SourceOrder order = _compared is var (commitBefore, known) && commitBefore == deployed
            ? known
            : await SourceHistory.CompareAsync(_context, ours, deployed, cancellationToken).ConfigureAwait(false);
        _compared = (deployed, order);
        if (order == SourceOrder.Newer)
            return;

        running ??= await DeploymentOfAsync(clone, now.Tag, cancellationToken).ConfigureAwait(false);
        string how;
        if (order == SourceOrder.Older)
            how = "by the history of this checkout, in which it comes after ours";
        else if (running?.SourceDate is { } theirs && theirs > ours.CommittedAt)
            how = $"by the dates of the commits ({DocumentJson.Time(ours.CommittedAt)} and {DocumentJson.Time(theirs)}), since {(order == SourceOrder.Diverged ? "neither comes after the other" : "this checkout does not know it")}";
        else
            return;
        throw new OlderCommitException(commit.App, commit.Environment ?? _target.File, ours.Commit, deployed, how, running);
    }

    /// <summary>The newest deployment by a run of a tag.</summary>
    private async Task<ManifestRecord?> DeploymentOfAsync(BareClone clone, string tag, CancellationToken cancellationToken)
    {
        string subject = $" to {tag} [skip ci]";
        bool IsIt(GitLogEntry entry) => entry.Subject.StartsWith("ci: update ", StringComparison.Ordinal) && entry.Subject.EndsWith(subject, StringComparison.Ordinal);
        IReadOnlyList<GitLogEntry> entries = await clone.HistoryAsync(_target.File, MaxHistory, found => found.Any(IsIt), cancellationToken).ConfigureAwait(false);
        return entries.FirstOrDefault(IsIt) is { } entry ? ManifestRecord.Of(entry, null) with { Tag = tag } : null;
    }

    /// <summary>The commit that a default tag names: <c>COMMIT</c>, or <c>COMMIT-dirty.HASH</c> of the sandbox, or <c>COMMIT-pr.NUMBER</c> of a preview.</summary>
    private static string? CommitIn(string tag)
    {
        string commit = tag.Split("-dirty.")[0].Split("-pr.")[0];
        return commit.Length is 40 or 64 && commit.All(char.IsAsciiHexDigitLower) ? commit : null;
    }
}
