using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

/// <content>Going back to an earlier version because a person says so, and letting a blocked digest in again.</content>
internal sealed partial class ManifestRepository
{
    private const int RollbackReach = 200;

    /// <summary>Finds out what a rollback would do. Pushes nothing.</summary>
    /// <exception cref="RollbackRefusedException">There is nothing to go back to, or a human must decide first.</exception>
    public async Task<RollbackPlan> PlanRollbackAsync(RollbackRequest request, CancellationToken cancellationToken)
    {
        EnvironmentState now = await ReadStateAsync(request.App, request.Environment, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ManifestRecord> history = await ReadHistoryAsync(RollbackReach, cancellationToken).ConfigureAwait(false);
        var skipped = new List<string>();
        ManifestRecord? target = null;
        foreach (ManifestRecord record in history)
        {
            if (record.Tag is null || (record.Tag == now.Tag && (record.Digest is null || now.Digest is null || record.Digest == now.Digest)) || (request.To is { } to && !IsNamed(record, to)))
                continue;
            if (now.Blocked.FirstOrDefault(one => one.Matches(record.Digest, record.Tag)) is { } blocked)
            {
                if (request.To is not null)
                    throw new DigestBlockedException(request.App, request.Environment, record.Tag, blocked);
                if (!skipped.Contains(record.Tag))
                    skipped.Add(record.Tag);
                continue;
            }

            target = record;
            break;
        }

        if (target is null)
        {
            string versions = string.Join('\n', history.Where(record => record.Tag is not null).DistinctBy(record => record.Tag).Take(10).Select(record => $"  {record.Tag}  {DocumentJson.Time(record.At)} by {record.By}"));
            throw new RollbackRefusedException(
                request.Environment,
                request.To is null ? $"there is no earlier version than {now.Tag ?? "no tag"} that is not blocked" : request.To == now.Tag ? $"it runs {request.To} already" : $"it never ran '{request.To}'",
                versions.Length == 0 ? null : versions,
                "See what ran there with: dotnet run --project build -- history --env " + request.Environment + ". A version is named by its tag, its digest, or its commit, of which the first 7 digits will do.");
        }

        CheckMigrations(request, history, target);
        return new RollbackPlan(now, target, skipped);
    }

    /// <summary>Sets tag and digest as they stood, blocks what ran, and pushes both in one commit.</summary>
    /// <exception cref="RollbackRefusedException">Something else runs there than what the plan was made for.</exception>
    public async Task<string> RollbackAsync(RollbackRequest request, RollbackPlan plan, CancellationToken cancellationToken)
    {
        string? pushed = null;
        string blockedFile = BlockedDigests.File(request.App, request.Environment);
        await PushAsync(
            async clone =>
            {
                (GitFile file, GitFile? blocked) = await ReadAsync(clone, new ManifestCommit(request.App, "", "") { Environment = request.Environment }, cancellationToken).ConfigureAwait(false);
                ManifestEdit value = ManifestEdit.Open(_target, file.Bytes);
                if (pushed is not null && await clone.ContainsAsync(clone.Tip, pushed, cancellationToken).ConfigureAwait(false))
                    return false; // only the answer to our push was lost
                if (value.Tag != plan.Now.Tag || (value.HasDigest && value.Digest != plan.Now.Digest))
                    throw new RollbackRefusedException(request.Environment, $"it runs {value.Tag ?? "no tag"} by now, and {plan.Now.Tag} no more", null, "Somebody deployed at the same time. Look at 'status', and ask again.");
                string revision = plan.Target.Revision;
                if (!await clone.DeepenToParentAsync(revision, cancellationToken).ConfigureAwait(false) && await clone.ReadAsync(revision, _target.File, cancellationToken).ConfigureAwait(false) is null)
                    throw new RollbackRefusedException(request.Environment, $"the commit {plan.Target.ShortRevision} that deployed it is in the history of '{_target.Branch}' no more", null, "Somebody has rewritten the branch. Look at 'history', and ask again.");
                GitFile? then = await clone.ReadAsync(revision, _target.File, cancellationToken).ConfigureAwait(false);
                byte[] bytes = value.SetAsIn(ManifestEdit.Open(_target, then!.Bytes));
                var block = new BlockedDigest(plan.Now.Digest, plan.Now.Tag, _context.Time.GetUtcNow(), request.By, request.Reason);
                GitFileChange[] changes = [new(_target.File, bytes, file.Mode), new(blockedFile, BlockedDigests.Write(BlockedDigests.Read(blockedFile, blocked?.Bytes).With(block)))];
                string message = ManifestCommit.Compose(
                    $"ci: roll back {request.App} to {plan.Target.Tag} [skip ci]",
                    request.Reason,
                    request.RunId,
                    [("Environment", request.Environment), ("Rolled-Back-From", plan.Now.Tag ?? "none"), .. plan.Target.SourceCommit is { } source ? [(ManifestCommit.SourceCommitTrailer, source)] : (IEnumerable<(string, string)>)[], ("Started-By", request.By), .. request.Trailers]);
                pushed = await clone.CommitAsync(changes, message, Identity, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return pushed!;
    }

    /// <summary>Lets blocked digests in again.</summary>
    /// <param name="request">Who asks for which environment, and why. <see cref="RollbackRequest.To"/> names one digest or tag; null for the only one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was blocked, and the commit that lets it in.</returns>
    /// <exception cref="InvalidUsageException">Nothing is blocked, or not this, or several are and none was named.</exception>
    public async Task<(BlockedDigest Digest, string Revision)> UnblockAsync(RollbackRequest request, CancellationToken cancellationToken)
    {
        BlockedDigest? chosen = null;
        string? pushed = null;
        string file = BlockedDigests.File(request.App, request.Environment);
        await PushAsync(
            async clone =>
            {
                IReadOnlyList<BlockedDigest> blocked = BlockedDigests.Read(file, (await clone.ReadAsync(clone.Tip, file, cancellationToken).ConfigureAwait(false))?.Bytes);
                if (pushed is not null && await clone.ContainsAsync(clone.Tip, pushed, cancellationToken).ConfigureAwait(false))
                    return false; // only the answer to our push was lost
                BlockedDigest[] fitting = [.. blocked.Where(one => request.To is null || IsStart(one.Digest, request.To) || IsStart(one.Tag, request.To))];
                if (fitting.Length != 1)
                {
                    throw new InvalidUsageException(
                        blocked.Count == 0 ? $"Nothing of {request.App} is blocked in '{request.Environment}'."
                        : fitting.Length == 0 ? $"'{request.To}' is not blocked in '{request.Environment}'."
                        : $"{fitting.Length} digests of {request.App} are blocked in '{request.Environment}': which one is meant?",
                        blocked.Count == 0 ? null : string.Join('\n', blocked.Select(one => $"  {one.Digest ?? "-"}  {one.Tag}  since {DocumentJson.Time(one.At)}: {one.Reason}")),
                        blocked.Count == 0 ? "Nothing has to be done: deploy." : "Name it: --digest and the digest or the tag, or the beginning of it.");
                }

                chosen = fitting[0];
                string message = ManifestCommit.Compose(
                    $"ci: unblock {request.App} {chosen.Tag ?? chosen.Digest} in {request.Environment} [skip ci]", request.Reason, request.RunId, [("Environment", request.Environment), ("Unblocked", chosen.Digest ?? chosen.Tag!), ("Started-By", request.By), .. request.Trailers]);
                pushed = await clone.CommitAsync([new GitFileChange(file, BlockedDigests.Write([.. blocked.Where(one => one != chosen)]))], message, Identity, cancellationToken).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return (chosen!, pushed!);
    }

    /// <summary>Deployments since the target that changed the database for good: whether the older version can live with that, no program can know.</summary>
    private static void CheckMigrations(RollbackRequest request, IReadOnlyList<ManifestRecord> history, ManifestRecord target)
    {
        ManifestRecord[] crossed = [.. history.TakeWhile(record => record != target).Where(record => record.HasIrreversibleMigration)];
        if (request.AcceptsMigration || crossed.Length == 0)
            return;
        throw new RollbackRefusedException(
            request.Environment,
            $"{(crossed.Length == 1 ? "a database migration" : $"{crossed.Length} database migrations")} that cannot be reversed ran since {target.Tag}",
            string.Join('\n', crossed.Select(record => $"  {record.Tag}  {DocumentJson.Time(record.At)} by {record.By}, manifest commit {record.ShortRevision}")),
            $"Decide whether {target.Tag} works with the database as it is now. If it does: rollback --accept-migration. If it does not: deploy a fix forward, or restore the database first.");
    }

    private static bool IsNamed(ManifestRecord record, string name) =>
        IsStart(record.Tag, name) || IsStart(record.Digest, name) || IsStart(record.SourceCommit, name) || IsStart(record.Revision, name);

    private static bool IsStart(string? whole, string part) => whole is not null && (whole == part || (part.Length >= 7 && whole.StartsWith(part, StringComparison.Ordinal)) || (part.Length >= 7 && whole.StartsWith("sha256:" + part, StringComparison.Ordinal)));
}
