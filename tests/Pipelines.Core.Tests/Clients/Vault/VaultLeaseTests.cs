using Pipelines.Core.Clients.Vault;
using Pipelines.Sandbox.Vault;

namespace Pipelines.Core.Tests.Clients.Vault;

public sealed class VaultLeaseTests
{
    private static readonly SecretReference s_user = SecretReference.Parse("vault://database/creds/app#username");
    private static readonly SecretReference s_password = SecretReference.Parse("vault://database/creds/app#password");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<VaultRig> StartAsync(VaultDatabaseRole? role = null)
    {
        VaultRig rig = await VaultRig.StartAsync();
        rig.Vault.AddDatabaseRole("app", role ?? new VaultDatabaseRole());
        return rig;
    }

    [Fact]
    public async Task ReadAsync_UserAndPassword_AreOfOneLeaseThatEndsWithTheRun()
    {
        await using VaultRig rig = await StartAsync();
        VaultSecrets source = rig.Source();
        string[] values = await Task.WhenAll(source.ReadAsync(s_user, Token), source.ReadAsync(s_password, Token));
        Assert.StartsWith("v-root-app-", values[0], StringComparison.Ordinal);
        VaultStandInLease lease = Assert.Single(rig.Vault.Leases);
        Assert.False(lease.IsRevoked);

        string file = Assert.Single(Directory.GetFiles(rig.LeaseFolder));
        string text = await File.ReadAllTextAsync(file, Token);
        Assert.Contains(lease.Id, text, StringComparison.Ordinal);
        foreach (string secret in (string[])[values[0], values[1], VaultRig.RootToken])
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(rig.LeaseFolder));
        }

        await source.DisposeAsync();
        Assert.True(lease.IsRevoked);
        Assert.False(Directory.Exists(rig.LeaseFolder));
        Assert.Empty(rig.Warnings);
    }

    [Fact]
    public async Task Renewal_WhileTheRunLasts_AsksAtTwoThirds()
    {
        await using VaultRig rig = await StartAsync();
        await rig.Source().ReadAsync(s_user, Token);
        VaultStandInLease lease = Assert.Single(rig.Vault.Leases);
        for (int renewal = 1; renewal <= 5; renewal++)
        {
            await VaultRig.UntilAsync(() => rig.Time.Waits.Count(wait => wait == TimeSpan.FromMinutes(40)) == renewal);
            rig.Time.Advance(TimeSpan.FromMinutes(40) - TimeSpan.FromTicks(1));
            Assert.Equal(renewal - 1, lease.Renewals);
            rig.Time.Advance(TimeSpan.FromTicks(1));
            await VaultRig.UntilAsync(() => lease.Renewals == renewal);
        }

        Assert.Empty(rig.Warnings);
    }

    [Fact]
    public async Task Renewal_AtTheMaximum_WarnsBeforeTheEnd()
    {
        await using VaultRig rig = await StartAsync(new VaultDatabaseRole { MaxTtl = TimeSpan.FromMinutes(70) });
        await rig.Source().ReadAsync(s_user, Token);
        await VaultRig.UntilAsync(() => rig.Time.Waits.Contains(TimeSpan.FromMinutes(40)));
        rig.Time.Advance(TimeSpan.FromMinutes(40)); // 30 minutes are granted
        await VaultRig.UntilAsync(() => rig.Time.Waits.Contains(TimeSpan.FromMinutes(20)));
        Assert.Empty(rig.Warnings);
        rig.Time.Advance(TimeSpan.FromMinutes(20));
        await VaultRig.UntilAsync(() => !rig.Warnings.IsEmpty);
        string warning = Assert.Single(rig.Warnings);
        Assert.Contains($"The Vault lease {rig.Vault.Leases[0].Id} cannot be renewed any more and ends at 04:14:05 UTC, in 10 min", warning, StringComparison.Ordinal);
        Assert.Equal(1, rig.Vault.Leases[0].Renewals);
    }

    [Fact]
    public async Task Renewal_LeaseThatIsNotRenewable_OnlyWarns()
    {
        await using VaultRig rig = await StartAsync(new VaultDatabaseRole { IsRenewable = false });
        await rig.Source().ReadAsync(s_user, Token);
        await VaultRig.UntilAsync(() => rig.Time.Waits.Contains(TimeSpan.FromMinutes(40)));
        rig.Time.Advance(TimeSpan.FromMinutes(40));
        await VaultRig.UntilAsync(() => !rig.Warnings.IsEmpty);
        Assert.Contains("in 20 min: what uses it then fails", Assert.Single(rig.Warnings), StringComparison.Ordinal);
        Assert.Equal(0, rig.Count("POST sys/leases/renew"));
    }

    [Fact]
    public async Task Renewal_ServerDownForAWhile_TriesAgainBeforeTheEnd()
    {
        await using VaultRig rig = await StartAsync();
        await rig.Source().ReadAsync(s_user, Token);
        await VaultRig.UntilAsync(() => rig.Time.Waits.Contains(TimeSpan.FromMinutes(40)));
        rig.Vault.FailNext(VaultFault.InternalError);
        rig.Time.Advance(TimeSpan.FromMinutes(40));
        TimeSpan second = TimeSpan.FromMinutes(20) * 2 / 3;
        await VaultRig.UntilAsync(() => rig.Time.Waits.Contains(second));
        rig.Time.Advance(second);
        await VaultRig.UntilAsync(() => rig.Vault.Leases[0].Renewals == 1);
        Assert.Empty(rig.Warnings);
    }

    [Fact]
    public async Task Renewal_Refused_WarnsAtOnceWithTheReason()
    {
        await using VaultRig rig = await StartAsync();
        await rig.Source().ReadAsync(s_user, Token);
        rig.Vault.Leases[0].IsRevoked = true; // by an operator
        await VaultRig.UntilAsync(() => rig.Time.Waits.Contains(TimeSpan.FromMinutes(40)));
        rig.Time.Advance(TimeSpan.FromMinutes(40));
        await VaultRig.UntilAsync(() => !rig.Warnings.IsEmpty);
        Assert.Contains("lease not found", Assert.Single(rig.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DisposeAsync_TokenThatMayNotRevoke_EndsTheLeaseWithTheToken()
    {
        await using VaultRig rig = await StartAsync();
        rig.Vault.Policies.Add("app", "database/creds/app", "read");
        rig.UseAppRole(policies: ["default", "app"]);
        VaultSecrets source = rig.Source();
        await source.ReadAsync(s_user, Token);
        await source.DisposeAsync();
        Assert.True(rig.Vault.Leases[0].Token.IsRevoked);
        Assert.False(Directory.Exists(rig.LeaseFolder));
    }

    [Fact]
    public async Task DisposeAsync_GivenTokenThatMayNotRevoke_NamesTheLeaseAndKeepsItsFile()
    {
        await using VaultRig rig = await StartAsync();
        rig.Vault.Policies.Add("app", "database/creds/app", "read");
        rig.UseToken("orders-ci", "default", "app");
        VaultSecrets source = rig.Source();
        await source.ReadAsync(s_user, Token);
        PipelineException error = await Assert.ThrowsAnyAsync<PipelineException>(() => source.DisposeAsync().AsTask());
        string id = rig.Vault.Leases[0].Id;
        Assert.Contains($"  {id}: the token orders-ci", error.Message, StringComparison.Ordinal);
        Assert.Contains("(update on sys/leases/revoke)", error.Message, StringComparison.Ordinal);
        Assert.Contains($"vault lease revoke {id}", error.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(rig.LeaseFolder));
        await source.DisposeAsync(); // a second time does nothing
    }

    [Fact]
    public async Task DisposeAsync_ServerThatDoesNotAnswer_GivesUpAfterEightSeconds()
    {
        await using VaultRig rig = await StartAsync();
        VaultSecrets source = rig.Source();
        await source.ReadAsync(s_user, Token);
        rig.Vault.Fault = VaultFault.Silent;
        Task end = source.DisposeAsync().AsTask();
        await VaultRig.UntilAsync(() => rig.Time.Waits.Count(wait => wait == TimeSpan.FromSeconds(30)) >= 4); // preflight, read and lookup were before
        Assert.False(end.IsCompleted);
        rig.Time.Advance(TimeSpan.FromSeconds(8));
        PipelineException error = await Assert.ThrowsAnyAsync<PipelineException>(() => end);
        Assert.Contains("There was no time left.", error.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(rig.LeaseFolder));
    }

    [Fact]
    public async Task DisposeAsync_WhileAReadIsUnderWay_RevokesItsLeaseToo()
    {
        await using VaultRig rig = await StartAsync();
        VaultSecrets source = rig.Source();
        using var impatient = new CancellationTokenSource();
        Task<string> read = source.ReadAsync(s_user, impatient.Token); // its caller is cancelled by Ctrl-C; the request goes on
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        await source.DisposeAsync();
        Assert.All(rig.Vault.Leases, lease => Assert.True(lease.IsRevoked));
        InvalidUsageException late = await Assert.ThrowsAsync<InvalidUsageException>(() => source.ReadAsync(s_password, Token));
        Assert.Contains("after the run had ended", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_LeaseThatCannotBeWrittenDown_IsGivenBackAndNobodyHasIt()
    {
        await using VaultRig rig = await StartAsync();
        rig.Directory.Write(".pipelines", "a file where the folder should be");
        VaultSecrets source = rig.Source();
        SecretStoreException error = await Assert.ThrowsAsync<SecretStoreException>(() => source.ReadAsync(s_user, Token));
        Assert.Contains("could not be written down", error.Message, StringComparison.Ordinal);
        Assert.True(Assert.Single(rig.Vault.Leases).IsRevoked);
    }

    [Fact]
    public async Task ReadAsync_KvSecret_WritesNoLease()
    {
        await using VaultRig rig = await StartAsync();
        rig.Vault.Write("secret/app", """{"key":"plain-value"}""");
        await rig.ReadAsync("vault://secret/app#key");
        Assert.False(Directory.Exists(rig.LeaseFolder));
    }
}
