using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Core.GitOps.Locks;

/// <summary>Waits for an environment: in the order of arrival, and no longer than until a newer commit of the same branch waits too.</summary>
internal sealed class EnvironmentQueue(string app, string environment, LockPolicy policy, RefDocuments refs, StageContext context)
{
    private readonly Dictionary<string, (string Commit, long Seen)> _seen = new(StringComparer.Ordinal);
    private RefDocument? _place;
    private long _placeRenewed;
    private string? _told;

    /// <summary>Gets the environment, however long that takes.</summary>
    /// <param name="wanted">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait; the place in the queue is given up.</param>
    /// <exception cref="EnvironmentLockException">A newer commit of the same branch waits.</exception>
    public async Task<EnvironmentLease> AcquireAsync(LockEntry wanted, CancellationToken cancellationToken)
    {
        string holderName = EnvironmentLocks.Holder(app, environment);
        string placeName = EnvironmentLocks.Waiting(app, environment, context.Time.GetUtcNow(), wanted.Run);
        try
        {
            while (true)
            {
                IReadOnlyList<RefDocument> documents = await refs.ListAsync(EnvironmentLocks.Pattern(app, environment), cancellationToken).ConfigureAwait(false);
                RefDocument? holder = documents.FirstOrDefault(document => document.Name == holderName);
                List<RefDocument> waiting = await LivingAsync(documents, placeName, cancellationToken).ConfigureAwait(false);
                Supersede(wanted, waiting, placeName);
                if (waiting.Count == 0 || waiting[0].Name == placeName)
                {
                    if (await TryTakeAsync(holderName, holder, wanted, cancellationToken).ConfigureAwait(false) is { } lease)
                        return lease;
                }

                Tell(holder, waiting, placeName);
                await KeepPlaceAsync(placeName, wanted, cancellationToken).ConfigureAwait(false);
                await Task.Delay(Pause(), context.Time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (_place is not null)
                await LeaveAsync(_place).ConfigureAwait(false);
        }
    }

    /// <summary>Takes it again for a run that goes on in another process: nobody may have been there in between.</summary>
    /// <exception cref="EnvironmentLockException">Another run was, or is.</exception>
    public async Task<EnvironmentLease> RetakeAsync(LockEntry wanted, CancellationToken cancellationToken)
    {
        string name = EnvironmentLocks.Holder(app, environment);
        while (true)
        {
            RefDocument? holder = await refs.FindAsync(name, cancellationToken).ConfigureAwait(false);
            LockEntry? entry = holder is null ? null : LockEntry.Parse(holder.Text);
            if (entry?.Run != wanted.Run)
            {
                string by = entry?.Text ?? (holder is null ? "another run, which has given it back since; or this one gave it back itself and could not note that, on a full disk" : "somebody whose entry cannot be read");
                EnvironmentLease.Forfeited(app, environment, refs, wanted, by, context);
                throw new EnvironmentLockException(environment, $"'{environment}' was taken over while this run was not at work, so this run does not go on there.", $"  taken over by {by}", "Look at what runs there: status. A new run deploys this commit, unless a newer one is there.");
            }

            if (await TryTakeAsync(name, holder, wanted, cancellationToken).ConfigureAwait(false) is { } lease)
                return lease;
        }
    }

    /// <summary>Takes it at once, whoever has it: a person on call goes before every run. Its holder sees that before its next effect, and stops.</summary>
    /// <param name="wanted">Who takes it.</param>
    /// <param name="seen">The holder that was shown to the person; null for nobody.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EnvironmentLockException">By now somebody else has it.</exception>
    public async Task<EnvironmentLease> SeizeAsync(LockEntry wanted, LockEntry? seen, CancellationToken cancellationToken)
    {
        string name = EnvironmentLocks.Holder(app, environment);
        while (true)
        {
            RefDocument? holder = await refs.FindAsync(name, cancellationToken).ConfigureAwait(false);
            LockEntry? entry = holder is null ? null : LockEntry.Parse(holder.Text);
            bool isFree = holder is null || entry?.Released is not null;
            if (!isFree && entry?.Run != seen?.Run)
                throw new EnvironmentLockException(environment, $"Somebody else took '{environment}' at this very moment.", $"  {entry?.Text ?? "an entry that cannot be read"}", "Nothing was changed. Look at 'status', and ask again.");
            DateTimeOffset now = context.Time.GetUtcNow();
            LockEntry taken = wanted with { Since = now, Expires = now + LockTimes.Life, TookOverFrom = isFree ? null : entry?.Text };
            if (await refs.WriteAsync(name, taken.ToJson(), holder, $"{environment} of {app} taken by the {wanted.Doing} of {wanted.Actor}", cancellationToken).ConfigureAwait(false) is { } written)
                return new EnvironmentLease(app, environment, refs, written, taken, context);
        }
    }

    private async Task<EnvironmentLease?> TryTakeAsync(string name, RefDocument? holder, LockEntry wanted, CancellationToken cancellationToken)
    {
        LockEntry? entry = holder is null ? null : LockEntry.Parse(holder.Text);
        DateTimeOffset now = context.Time.GetUtcNow();
        bool isOurs = entry?.Run == wanted.Run && entry.Released is null; // the answer to our push was lost, or the run goes on after a crash
        bool isFree = holder is null || entry?.Released is not null;
        bool isStale = !isFree && !isOurs && entry is not null && LockTimes.IsStale(entry, now, Unchanged(holder!));
        if (entry is null && holder is not null)
            throw new EnvironmentLockException(environment, $"The lock of '{environment}' cannot be read.", $"  {holder.Name} at {holder.Commit}", "A newer version of Pipelines may have written it: use that version. Or take it away: lock release --env " + environment + " --reason \"…\"");
        if (!isFree && !isOurs && !isStale)
            return null;
        LockEntry taken = wanted with { Since = now, Expires = now + LockTimes.Life, TookOverFrom = isStale ? entry!.Text : null };
        if (await refs.WriteAsync(name, taken.ToJson(), holder, $"{environment} of {app} held by run {wanted.Run}", cancellationToken).ConfigureAwait(false) is not { } written)
            return null; // somebody else was faster
        if (isStale)
            context.Log.Warning($"The lock of '{environment}' was stale and is taken over. It was held by {entry!.Text}, and expired at {DocumentJson.Time(entry.Expires)}.");
        return new EnvironmentLease(app, environment, refs, written, taken, context);
    }

    /// <summary>Those who wait and live, by arrival. Who died in the queue is taken out of it.</summary>
    private async Task<List<RefDocument>> LivingAsync(IReadOnlyList<RefDocument> documents, string placeName, CancellationToken cancellationToken)
    {
        var living = new List<RefDocument>();
        foreach (RefDocument document in documents.Where(document => EnvironmentLocks.IsWaiting(document.Name)).OrderBy(document => document.Name, StringComparer.Ordinal))
        {
            if (document.Name != placeName && (LockEntry.Parse(document.Text) is not { } entry || LockTimes.IsLongGone(entry.Expires, context.Time.GetUtcNow()) || LockTimes.IsStale(entry, context.Time.GetUtcNow(), Unchanged(document))))
                await refs.DeleteAsync(document, cancellationToken).ConfigureAwait(false);
            else
                living.Add(document);
        }

        return living;
    }

    private void Supersede(LockEntry wanted, List<RefDocument> waiting, string placeName)
    {
        if (policy != LockPolicy.Supersede || wanted.Branch is null)
            return;
        LockEntry? newer = waiting.Where(document => document.Name != placeName).Select(document => LockEntry.Parse(document.Text))
            .FirstOrDefault(entry => entry is not null && entry.Branch == wanted.Branch && entry.Commit != wanted.Commit && entry.CommittedAt > wanted.CommittedAt);
        if (newer is not null)
            throw new EnvironmentLockException(environment, $"This run was superseded while it waited for '{environment}': a newer commit of '{wanted.Branch}' waits too. Nothing was deployed.", $"  superseded by {newer.Text}", "Nothing has to be done: the newer run deploys this commit's changes with its own.");
    }

    private async Task KeepPlaceAsync(string name, LockEntry wanted, CancellationToken cancellationToken)
    {
        if (_place is not null && context.Time.GetElapsedTime(_placeRenewed) < LockTimes.Renewal)
            return;
        LockEntry entry = wanted with { Expires = context.Time.GetUtcNow() + LockTimes.Life };
        _place = await refs.WriteAsync(name, entry.ToJson(), _place, $"run {wanted.Run} waits for {environment} of {app}", cancellationToken).ConfigureAwait(false)
            ?? await refs.FindAsync(name, cancellationToken).ConfigureAwait(false); // taken out for dead, or only the answer was lost: the name keeps the place
        _placeRenewed = context.Time.GetTimestamp();
    }

    private async Task LeaveAsync(RefDocument place)
    {
        try
        {
            await refs.DeleteAsync(place, context.ForceToken).ConfigureAwait(false);
        }
        catch (PipelineException exception)
        {
            context.Log.Warning($"The place in the queue of '{environment}' could not be given up; it expires by itself: {exception.Message}");
        }
    }

    private void Tell(RefDocument? holder, List<RefDocument> waiting, string placeName)
    {
        int before = waiting.Count(document => string.CompareOrdinal(document.Name, placeName) < 0);
        string text = (holder is null ? $"'{environment}' is free, and it is another run's turn" : $"'{environment}' is held by {LockEntry.Parse(holder.Text)?.Text}")
            + (before == 0 ? "." : $"; {before} {(before == 1 ? "run waits" : "runs wait")} before this one.");
        if (text != _told)
            context.Log.Info($"{text} Waiting; it is looked at every few seconds, since no server tells of a ref.");
        _told = text;
    }

    private TimeSpan Unchanged(RefDocument document)
    {
        if (!_seen.TryGetValue(document.Name, out (string Commit, long Seen) seen) || seen.Commit != document.Commit)
            _seen[document.Name] = seen = (document.Commit, context.Time.GetTimestamp());
        return context.Time.GetElapsedTime(seen.Seen);
    }

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "it spreads looks in time; nothing depends on it being secret")]
    private static TimeSpan Pause() => LockTimes.LeastPause + (Random.Shared.NextDouble() * (LockTimes.LongestPause - LockTimes.LeastPause));
}
