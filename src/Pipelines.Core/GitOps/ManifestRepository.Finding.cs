using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

/// <content>Finds what an earlier try of the same run, or an earlier process of it, has pushed already, also when others pushed since.</content>
internal sealed partial class ManifestRepository
{
    /// <summary>Our deployment, where it is in the history; null where there is something to do or to find out.</summary>
    /// <param name="commit">What is to be deployed.</param>
    /// <param name="mayBeDone">Whether this run may have pushed it: then its history is searched.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ManifestChange?> FindAsync(ManifestCommit commit, bool mayBeDone, CancellationToken cancellationToken)
    {
        if (!mayBeDone)
            return null; // a clone costs as much as the whole deployment, which looks at the value anyway
        BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);

        // The newest of this run's commits says how things stand: a deployment that it took back is to be done again.
        if (await clone.FindCommitsAsync(_target.File, RunLine(commit), cancellationToken).ConfigureAwait(false) is not [var newest, ..] || !IsOurs(newest.Message, commit))
            return null;
        _context.Log.Info($"This run's commit is in '{_target.Branch}' already: {newest.Id[..10]}.");
        return new ManifestChange(newest.Id, Changed: true, await PreviousOfAsync(clone, newest.Id, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Our revert of a deployment, where it is in the history; null where there is something to do or to find out.</summary>
    /// <param name="commit">What was deployed.</param>
    /// <param name="revision">The commit that did it.</param>
    /// <param name="mayBeDone">Whether this run may have pushed the revert: then the history is searched.</param>
    /// <param name="blocks">Whether the revert keeps the digest out from then on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ManifestRevert?> FindRevertAsync(ManifestCommit commit, string revision, bool mayBeDone, bool blocks, CancellationToken cancellationToken)
    {
        if (!mayBeDone)
            return null;
        BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);
        foreach ((string id, string message) in await clone.FindCommitsAsync(_target.File, RunLine(commit), cancellationToken).ConfigureAwait(false))
        {
            if (!message.Split('\n').Contains(RevertLine(revision)))
                continue;
            _context.Log.Info($"This run's revert is in '{_target.Branch}' already: {id[..10]}.");
            return new ManifestRevert.Reverted(id, await ValueAtAsync(clone, id, cancellationToken).ConfigureAwait(false)) { Blocks = blocks };
        }

        return null;
    }

    private static string RevertLine(string revision) => $"This reverts commit {revision}.";

    private static string RunLine(ManifestCommit commit) => $"{ManifestCommit.RunTrailer}: {commit.RunId}";

    private async Task<string?> ValueAtAsync(BareClone clone, string revision, CancellationToken cancellationToken) =>
        await clone.ReadAsync(revision, _target.File, cancellationToken).ConfigureAwait(false) is { IsRegular: true } file ? YamlScalarEdit.Open(_target.File, file.Bytes, _key).Value : null;
}
