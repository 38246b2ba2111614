using System.Collections.Concurrent;
using Pipelines.Core.Clients.Vault;
using Pipelines.Sandbox.Vault;

namespace Pipelines.Core.Tests.Clients.Vault;

public sealed class LeaseRecoveryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A run that read credentials and was killed: its source is never disposed before the test ends.</summary>
    private static async Task<(VaultRig Rig, VaultStandInLease Lease)> KilledAsync()
    {
        VaultRig rig = await VaultRig.StartAsync();
        rig.Vault.AddDatabaseRole("app", new VaultDatabaseRole());
        await rig.ReadAsync("vault://database/creds/app#password");
        return (rig, Assert.Single(rig.Vault.Leases));
    }

    private static async Task<string[]> RecoverAsync(VaultRig rig)
    {
        var told = new ConcurrentQueue<string>();
        if (LeaseRecovery.Find(rig.LeaseFolder) is { } recovery)
            await recovery.RunAsync(rig.Variables, rig.Masker.Add, rig.Time, told.Enqueue, Token);
        return [.. told];
    }

    [Fact]
    public async Task RunAsync_LeaseOfADeadRun_IsRevokedAndTold()
    {
        (VaultRig rig, VaultStandInLease lease) = await KilledAsync();
        await using (rig)
        {
            Assert.Equal($"Revoked the Vault lease {lease.Id} (database/creds/app), which an earlier run left behind.", Assert.Single(await RecoverAsync(rig)));
            Assert.True(lease.IsRevoked);
            Assert.False(Directory.Exists(rig.LeaseFolder));
        }
    }

    [Fact]
    public async Task RunAsync_ByAppRole_GivesItsOwnTokenBack()
    {
        (VaultRig rig, VaultStandInLease lease) = await KilledAsync();
        await using (rig)
        {
            rig.UseAppRole();
            await RecoverAsync(rig);
            Assert.True(lease.IsRevoked);
            Assert.True(rig.Vault.Tokens[^1].IsRevoked);
        }
    }

    [Fact]
    public async Task RunAsync_LeaseThatIsGoneAlready_IsFine()
    {
        (VaultRig rig, VaultStandInLease lease) = await KilledAsync();
        await using (rig)
        {
            lease.IsRevoked = true;
            rig.UseToken("orders-ci", "default"); // may look leases up, and not revoke them
            await RecoverAsync(rig);
            Assert.False(Directory.Exists(rig.LeaseFolder));
        }
    }

    [Fact]
    public async Task RunAsync_NotAllowed_NamesTheLeaseAndTheCommandAndKeepsTheFile()
    {
        (VaultRig rig, VaultStandInLease lease) = await KilledAsync();
        await using (rig)
        {
            rig.UseToken("orders-ci", "default");
            string told = Assert.Single(await RecoverAsync(rig));
            Assert.Contains("the token orders-ci", told, StringComparison.Ordinal);
            Assert.Contains("may not revoke it (update on sys/leases/revoke)", told, StringComparison.Ordinal);
            Assert.Contains("it ends at 2026-01-02 04:04:05 UTC", told, StringComparison.Ordinal);
            Assert.EndsWith($"vault lease revoke {lease.Id}", told, StringComparison.Ordinal);
            Assert.Single(Directory.GetFiles(rig.LeaseFolder));
            Assert.False(lease.IsRevoked);
        }
    }

    [Theory]
    [InlineData("VAULT_ADDR", "https://vault.other.example.com", "It is of Vault at http://127.0.0.1:")]
    [InlineData("VAULT_NAMESPACE", "team", "VAULT_NAMESPACE team")]
    [InlineData("VAULT_ADDR", "", "VAULT_ADDR is not set")]
    public async Task RunAsync_AnotherVault_SendsItNothing(string name, string value, string why)
    {
        (VaultRig rig, VaultStandInLease lease) = await KilledAsync();
        await using (rig)
        {
            int before = rig.Vault.Requests.Count;
            rig.Variables[name] = value;
            Assert.Contains(why, Assert.Single(await RecoverAsync(rig)), StringComparison.Ordinal);
            Assert.Equal(before, rig.Vault.Requests.Count);
            Assert.False(lease.IsRevoked);
            Assert.Single(Directory.GetFiles(rig.LeaseFolder));
        }
    }

    [Fact]
    public async Task RunAsync_FileThatCameWithTheCheckout_IsNotUsed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        (VaultRig rig, VaultStandInLease lease) = await KilledAsync();
        await using (rig)
        {
            string file = Assert.Single(Directory.GetFiles(rig.LeaseFolder));
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead); // as git writes files
            Assert.Contains("others may read or write it, so this program did not write it", Assert.Single(await RecoverAsync(rig)), StringComparison.Ordinal);
            Assert.False(lease.IsRevoked);
        }
    }

    [Theory]
    [InlineData("", "it is no JSON of ours")]
    [InlineData("{\"lease_id\":", "it is no JSON of ours")]
    [InlineData("[]", "it names no lease")]
    [InlineData("{\"address\":\"http://127.0.0.1/\"}", "it names no lease")]
    public async Task RunAsync_BrokenFile_IsNamedAndLeftAlone(string content, string why)
    {
        (VaultRig rig, _) = await KilledAsync();
        await using (rig)
        {
            string file = Assert.Single(Directory.GetFiles(rig.LeaseFolder));
            await File.WriteAllTextAsync(file, content, Token); // keeps its mode
            string told = Assert.Single(await RecoverAsync(rig));
            Assert.StartsWith(file, told, StringComparison.Ordinal);
            Assert.Contains(why, told, StringComparison.Ordinal);
            Assert.True(File.Exists(file));
        }
    }

    [Fact]
    public async Task Find_HalfWrittenFile_IsRemoved()
    {
        await using VaultRig rig = await VaultRig.StartAsync();
        string unfinished = rig.Directory.Write(".pipelines/leases/a.json.tmp", "{");
        Assert.Null(LeaseRecovery.Find(rig.LeaseFolder));
        Assert.False(File.Exists(unfinished));
    }

    [Fact]
    public async Task RunAsync_VaultIsDown_KeepsTheFile()
    {
        (VaultRig rig, VaultStandInLease lease) = await KilledAsync();
        await using (rig)
        {
            rig.Vault.Fault = VaultFault.Sealed;
            string told = Assert.Single(await RecoverAsync(rig));
            Assert.Contains("is sealed", told, StringComparison.Ordinal);
            Assert.Contains(lease.Id, told, StringComparison.Ordinal);
            Assert.Single(Directory.GetFiles(rig.LeaseFolder));
        }
    }
}
