using System.Collections.Concurrent;
using Pipelines.Core.Clients.Http;
using Pipelines.Core.Clients.Oidc;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Clients.Vault;

/// <summary><c>vault://mount/path#key</c>: HashiCorp Vault and what speaks its protocol. One read per path and run; what comes with a lease is renewed while the run lasts and revoked when it ends.</summary>
internal sealed class VaultSecrets : ISecretSource, IAsyncDisposable
{
    /// <summary>How long the end of a run waits for Vault. CI systems kill a job that does not end within about ten seconds of being cancelled.</summary>
    private static readonly TimeSpan s_endTime = TimeSpan.FromSeconds(8);

#pragma warning disable CA2213 // DisposeAsync ends and disposes it
    private readonly VaultSession _session;
#pragma warning restore CA2213
    private readonly VaultEngines _engines;
    private readonly VaultLeases _leases;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<(string Path, int? Version), Lazy<Task<VaultContent>>> _read = new();
    private int _isEnded;

    /// <param name="variables">Where Vault is and how to log in.</param>
    /// <param name="mask">Masks a token before it is used.</param>
    /// <param name="leaseFolder">Where the ids of leases are written down; null where they cannot outlive this process.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Hears of leases and tokens that end too early.</param>
    /// <exception cref="InvalidUsageException">The variables are unusable.</exception>
    public VaultSecrets(IReadOnlyDictionary<string, string> variables, Action<Secret> mask, string? leaseFolder, TimeProvider time, Action<string> warn)
    {
        _time = time;
        _session = Connect(VaultSettings.From(variables), variables, mask, time, warn);
        _engines = new VaultEngines(_session);
        _leases = new VaultLeases(_session, leaseFolder is null ? null : new LeaseJournal(leaseFolder), time, warn);
    }

    public string Scheme => "vault";

    /// <summary>A session that has not logged in yet.</summary>
    public static VaultSession Connect(VaultSettings settings, IReadOnlyDictionary<string, string> variables, Action<Secret> mask, TimeProvider time, Action<string> warn)
    {
#pragma warning disable CA2000 // the session disposes it
        var http = new VaultHttp(settings, time);
#pragma warning restore CA2000
        return new VaultSession(http, new VaultLogin(http, variables, new IdentityTokens(SharedHttp.Client, variables, mask, time), mask), time, warn);
    }

    public async Task<string> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        var vault = VaultReference.Parse(reference);
        return VaultValues.One(vault, await ContentAsync(vault, cancellationToken).ConfigureAwait(false));
    }

    public async Task<IReadOnlyDictionary<string, string>> ReadSetAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        var vault = VaultReference.Parse(reference);
        return VaultValues.All(vault, await ContentAsync(vault, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Revokes the leases, then the token that we logged in for, within a time limit.</summary>
    /// <exception cref="VaultLeaseException">Leases could not be revoked; they are still written down, and the next run tries again.</exception>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isEnded, 1) == 1)
            return;
        using var limit = new CancellationTokenSource(s_endTime, _time);
        await SettleAsync(limit.Token).ConfigureAwait(false);
        IReadOnlyList<(VaultLease Lease, string Why)> left = await _leases.RevokeAllAsync(limit.Token).ConfigureAwait(false);
        IReadOnlyList<VaultToken> gone = await EndTokensAsync(limit.Token).ConfigureAwait(false);
        foreach ((VaultLease lease, _) in left.Where(one => gone.Contains(one.Lease.Owner)))
            _leases.Forget(lease); // Vault revokes with a token what it made
        left = [.. left.Where(one => !gone.Contains(one.Lease.Owner))];
        await _session.DisposeAsync().ConfigureAwait(false);
        if (left.Count > 0)
        {
            throw new VaultLeaseException(
                left.Count == 1 ? "A Vault lease of this run could not be revoked: its credentials stay valid until it ends." : $"{left.Count} Vault leases of this run could not be revoked: their credentials stay valid until they end.",
                string.Join('\n', left.Select(one => $"  {one.Lease.Id}: {one.Why}")),
                $"The next run tries again. By hand: {string.Join("; ", left.Select(one => $"vault lease revoke {one.Lease.Id}"))}");
        }
    }

    /// <summary>A read that is under way may yet bring a lease: it is waited for, so that this lease is revoked too.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_read.Values.Where(read => read.IsValueCreated).Select(read => read.Value)).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PipelineException or OperationCanceledException)
        {
            // Who asked for it was told.
        }
    }

    private async Task<IReadOnlyList<VaultToken>> EndTokensAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _session.EndAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PipelineException or OperationCanceledException)
        {
            return []; // they expire by themselves; leases that are left are told of
        }
    }

    private async Task<VaultContent> ContentAsync(VaultReference reference, CancellationToken cancellationToken)
    {
        if (_isEnded == 1)
            throw new InvalidUsageException($"The secret {reference.Text} was asked for after the run had ended.", null, "Read it in a stage.");
        (string, int?) key = (reference.Path, reference.Version);
        Lazy<Task<VaultContent>> read = _read.GetOrAdd(key, _ => new Lazy<Task<VaultContent>>(() => ReadAsync(reference)));
        try
        {
            return await read.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch when (read.Value.IsFaulted)
        {
            _read.TryRemove(new KeyValuePair<(string, int?), Lazy<Task<VaultContent>>>(key, read)); // a failure is not kept
            throw;
        }
    }

    private async Task KeepTokenAsync()
    {
        try
        {
            await _session.KeepGivenTokenAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (VaultCallException)
        {
            // The read went well; that nobody knows how long the token lives spoils nothing now.
        }
    }

    private async Task<VaultContent> ReadAsync(VaultReference reference)
    {
        try
        {
            VaultContent content = await _engines.ReadAsync(reference, CancellationToken.None).ConfigureAwait(false);
            if (content.Lease is { } lease)
                await _leases.HoldAsync(lease).ConfigureAwait(false);
            await KeepTokenAsync().ConfigureAwait(false);
            return content;
        }
        catch (VaultCallException exception) when (exception.DeniedIdentity is { } identity)
        {
            throw new SecretDeniedException(reference.Text, identity, exception.MissingPermission ?? "refused", $"{exception.What}\n{exception.Evidence}", exception.Advice ?? "", exception);
        }
        catch (VaultCallException exception)
        {
            throw new SecretStoreException(reference.Text, exception.What, exception.Evidence, exception.Advice ?? "", exception.IsTransient, exception);
        }
    }
}
