using System.Diagnostics;
using Pipelines.Sandbox.Hosting;
using Pipelines.Sandbox.Vault;
using Pipelines.Testing;

namespace Pipelines.Templates.Tests;

/// <summary>What becomes of Vault leases when a real process ends, in each way that one can end.</summary>
public sealed class VaultProcessTests : IAsyncLifetime
{
    private const string RootToken = "hvs.root-token-of-tests";

    private readonly TemporaryDirectory _folder = new();
    private readonly VaultStandIn _vault = new(RootToken, new Dictionary<string, string>(), TimeProvider.System);
    private LoopbackServer? _server;
    private string _address = "";

    public async ValueTask InitializeAsync()
    {
        _vault.AddDatabaseRole("app", new VaultDatabaseRole { Fixed = new Dictionary<string, string> { ["password"] = "database-password-of-tests" } });
        _server = await LoopbackServer.StartAsync([0], ports =>
        {
            _address = $"http://127.0.0.1:{ports[0]}/";
            return [_vault];
        }, TimeProvider.System, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _server!.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("succeed", 0)]
    [InlineData("fail", 2)]
    public async Task Run_Ended_HasRevokedItsLease(string then, int expected)
    {
        using Process process = Start(then);
        (int exitCode, string output) = await ServiceProcess.EndAsync(process);
        Assert.True(exitCode == expected, output);
        Assert.True(Assert.Single(_vault.Leases).IsRevoked, output);
        Assert.False(Directory.Exists(Leases));
    }

    [Fact]
    public async Task Run_Interrupted_HasRevokedItsLease()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        using Process process = Start("wait");
        await ServiceProcess.WaitForAsync("waiting for a signal", process.StandardOutput);
        ServiceProcess.Signal(process, "INT");
        (int exitCode, string output) = await ServiceProcess.EndAsync(process);
        Assert.True(exitCode == 130, output);
        Assert.True(Assert.Single(_vault.Leases).IsRevoked, output);
        Assert.False(Directory.Exists(Leases));
    }

    [Fact]
    public async Task Run_Killed_LeavesItsLeaseToTheNextRunWhichRevokesItAndSaysSo()
    {
        using (Process process = Start("wait"))
        {
            await ServiceProcess.WaitForAsync("waiting for a signal", process.StandardOutput);
            process.Kill(); // SIGKILL: nothing of the process runs any more
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        VaultStandInLease lease = Assert.Single(_vault.Leases);
        Assert.False(lease.IsRevoked);
        string file = Assert.Single(Directory.GetFiles(Leases));
        Assert.DoesNotContain("database-password-of-tests", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);

        using Process next = Start("none");
        (int exitCode, string output) = await ServiceProcess.EndAsync(next);
        Assert.True(exitCode == 0, output);
        Assert.True(lease.IsRevoked, output);
        Assert.Contains($"Revoked the Vault lease {lease.Id} (database/creds/app), which an earlier run left behind.", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Leases));
    }

    [Fact]
    public async Task Run_LeaseThatMayNotBeRevoked_WarnsAndStillSucceeds()
    {
        _vault.Policies.Add("app", "database/creds/app", "read");
        _vault.AddToken("hvs.token-of-orders", "orders-ci", ["default", "app"]);
        using Process process = Start("succeed", "hvs.token-of-orders");
        (int exitCode, string output) = await ServiceProcess.EndAsync(process);
        Assert.True(exitCode == 0, output);
        Assert.Contains($"vault lease revoke {_vault.Leases[0].Id}", output, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Leases));
        Assert.DoesNotContain("hvs.token-of-orders", output, StringComparison.Ordinal);
    }

    private string Leases => Path.Combine(_folder.Path, ".pipelines", "leases");

    private Process Start(string then, string token = RootToken)
    {
        var variables = new Dictionary<string, string?>();
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
            if (name.StartsWith("VAULT_", StringComparison.Ordinal))
                variables[name] = null;
        (variables["VAULT_ADDR"], variables["VAULT_TOKEN"]) = (_address, token);
        return ServiceProcess.Start(_folder.Path, ["vault", then, "--live"], variables);
    }
}
