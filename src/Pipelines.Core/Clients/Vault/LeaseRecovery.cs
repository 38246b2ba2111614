using System.Globalization;

namespace Pipelines.Core.Clients.Vault;

/// <summary>Revokes the leases that runs of this checkout left behind: they were killed, or Vault did not answer at their end. A run holds the checkout's lock, so what it finds is nobody's.</summary>
internal sealed class LeaseRecovery
{
    /// <summary>A run that has nothing to do with Vault must not wait long for one that is down.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private readonly LeaseJournal _journal;
    private readonly IReadOnlyList<string> _files;

    private LeaseRecovery(LeaseJournal journal, IReadOnlyList<string> files) => (_journal, _files) = (journal, files);

    /// <summary>Looks for leftovers; to be called before the first stage can make new leases. Null where there are none.</summary>
    public static LeaseRecovery? Find(string folder)
    {
        var journal = new LeaseJournal(folder);
        IReadOnlyList<string> files = journal.Files();
        return files.Count == 0 ? null : new LeaseRecovery(journal, files);
    }

    /// <summary>Revokes them, and tells what became of each. It fails nothing.</summary>
    /// <param name="variables">What to log in with.</param>
    /// <param name="mask">Masks the tokens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tell">Hears of each lease.</param>
    /// <param name="cancellationToken">Ends it; what is left is for the next run.</param>
    public async Task RunAsync(IReadOnlyDictionary<string, string> variables, Action<Secret> mask, TimeProvider time, Action<string> tell, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_limit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        List<(string File, LeaseRecord Lease)> leases = Read(tell);
        if (leases.Count == 0)
            return;
        try
        {
            VaultSession session = VaultSecrets.Connect(VaultSettings.From(variables), variables, mask, time, tell);
            await using (session.ConfigureAwait(false))
            {
                foreach ((string file, LeaseRecord lease) in leases)
                    await RevokeAsync(session, file, lease, tell, end.Token).ConfigureAwait(false);
                await session.EndAsync(end.Token).ConfigureAwait(false);
            }
        }
        catch (PipelineException exception)
        {
            foreach ((_, LeaseRecord lease) in leases.Where(one => File.Exists(one.File)))
                tell(Left(lease, exception.Message));
        }
        catch (OperationCanceledException)
        {
            tell("There was no time to revoke every Vault lease that an earlier run left behind: the next run goes on with it.");
        }
    }

    private List<(string File, LeaseRecord Lease)> Read(Action<string> tell)
    {
        var leases = new List<(string, LeaseRecord)>();
        foreach (string file in _files)
        {
            try
            {
                leases.Add((file, _journal.Read(file)));
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                tell($"{file} should name a Vault lease that an earlier run left behind, and is not used: {exception.Message}. Look at it, then delete it.");
            }
        }

        return leases;
    }

    private async Task RevokeAsync(VaultSession session, string file, LeaseRecord lease, Action<string> tell, CancellationToken cancellationToken)
    {
        VaultSettings settings = session.Settings;
        string? why = lease.Address != settings.Address.AbsoluteUri || lease.Namespace != settings.Namespace
            ? $"It is of Vault at {lease.Address}{(lease.Namespace is null ? "" : $", namespace {lease.Namespace}")}, and VAULT_ADDR is {settings.Address.AbsoluteUri}{(settings.Namespace is null ? "" : $", VAULT_NAMESPACE {settings.Namespace}")}."
            : await VaultLeases.RevokeAsync(session, lease.Id, cancellationToken).ConfigureAwait(false);
        if (why is not null)
        {
            tell(Left(lease, why));
            return;
        }

        _journal.Remove(file);
        tell($"Revoked the Vault lease {lease.Id} ({lease.Path}), which an earlier run left behind.");
    }

    private static string Left(LeaseRecord lease, string why)
    {
        string expires = lease.Expires == default ? "" : $" Unless it was renewed, it ends at {lease.Expires.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC.";
        return $"The Vault lease {lease.Id} ({lease.Path}), which an earlier run left behind, could not be revoked: {why}{expires} The next run tries again; by hand: vault lease revoke {lease.Id}";
    }
}
