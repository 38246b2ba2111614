using System.Collections.Concurrent;
using System.Text.Json;

namespace Pipelines.Core.Clients.Vault;

/// <summary>The leases of this run: written down before anybody has the credentials, renewed, and revoked at the end.</summary>
internal sealed class VaultLeases(VaultSession session, LeaseJournal? journal, TimeProvider time, Action<string> warn)
{
    private readonly ConcurrentDictionary<string, Held> _held = new(StringComparer.Ordinal);

    /// <summary>Holds a lease until the run ends.</summary>
    /// <exception cref="VaultCallException">It could not be written down; it is revoked then.</exception>
    public async Task HoldAsync(VaultLease lease)
    {
        string? entry;
        try
        {
            entry = journal?.Write(new LeaseRecord(lease.Id, lease.Path, session.Settings.Address.AbsoluteUri, session.Settings.Namespace, time.GetUtcNow() + lease.Duration));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await RevokeAsync(session, lease.Id, CancellationToken.None).ConfigureAwait(false);
            throw new VaultCallException($"The lease of {lease.Path} could not be written down, so that a crash would leave it behind. It was given back.", $"  {journal!.Folder}: {exception.Message}", "Let this user write to the checkout.");
        }

        _held[lease.Id] = new Held(lease, entry, lease.Duration > TimeSpan.Zero ? Renew(lease) : null);
    }

    /// <summary>Revokes all, each whatever becomes of the others.</summary>
    /// <returns>Those that could not be, and why.</returns>
    public async Task<IReadOnlyList<(VaultLease Lease, string Why)>> RevokeAllAsync(CancellationToken cancellationToken)
    {
        foreach (Held held in _held.Values)
            if (held.Renewal is not null)
                await held.Renewal.DisposeAsync().ConfigureAwait(false);
        (Held Held, string? Why)[] results = await Task.WhenAll(_held.Values.Select(async held => (held, await RevokeAsync(session, held.Lease.Id, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        foreach ((Held held, string? why) in results)
            if (why is null)
                Forget(held);
        return [.. results.Where(result => result.Why is not null).Select(result => (result.Held.Lease, result.Why!))];
    }

    /// <summary>It is gone in another way: with the token that made it.</summary>
    public void Forget(VaultLease lease)
    {
        if (_held.TryGetValue(lease.Id, out Held? held))
            Forget(held);
    }

    /// <summary>Revokes one lease and waits until that is done. One that is gone already is fine.</summary>
    /// <returns>Null; or why it could not be.</returns>
    public static async Task<string?> RevokeAsync(VaultSession session, string id, CancellationToken cancellationToken)
    {
        try
        {
            VaultAnswer answer = await session.SendAsync(HttpMethod.Post, "sys/leases/revoke", json =>
            {
                json.WriteString("lease_id", id);
                json.WriteBoolean("sync", true);
            }, cancellationToken).ConfigureAwait(false);
            if (answer.IsSuccess || IsGone(answer))
                return null;
            VaultAnswer lookup = await session.SendAsync(HttpMethod.Post, "sys/leases/lookup", json => json.WriteString("lease_id", id), cancellationToken).ConfigureAwait(false);
            if (IsGone(lookup))
                return null;
            return answer.IsDenied
                ? $"{await session.IdentityAsync(cancellationToken).ConfigureAwait(false)} may not revoke it (update on sys/leases/revoke)."
                : $"Vault answered{answer.Told}.";
        }
        catch (PipelineException exception)
        {
            return exception.What;
        }
        catch (OperationCanceledException)
        {
            return "There was no time left.";
        }
    }

    private static bool IsGone(VaultAnswer answer) => (int)answer.Status == 400 && (answer.Says("invalid lease") || answer.Says("lease not found"));

    private void Forget(Held held)
    {
        if (!_held.TryRemove(held.Lease.Id, out _) || held.Entry is null)
            return;
        journal!.Remove(held.Entry);
    }

    private VaultRenewal Renew(VaultLease lease) => new(
        $"the Vault lease {lease.Id}",
        lease.Duration,
        lease.IsRenewable,
        async (asked, cancellationToken) =>
        {
            VaultAnswer answer = await session.SendAsync(HttpMethod.Post, "sys/leases/renew", json =>
            {
                json.WriteString("lease_id", lease.Id);
                json.WriteNumber("increment", (long)asked.TotalSeconds);
            }, cancellationToken).ConfigureAwait(false);
            return answer.IsSuccess
                ? (VaultAnswer.Seconds(answer.Root, "lease_duration"), VaultAnswer.IsTrue(answer.Root, "renewable"))
                : throw new VaultCallException(answer.IsDenied ? "Renewing it is refused (update on sys/leases/renew)." : $"Vault refused to renew it:{answer.Told}.", null, "");
        },
        time,
        warn);

    private sealed record Held(VaultLease Lease, string? Entry, VaultRenewal? Renewal);
}
