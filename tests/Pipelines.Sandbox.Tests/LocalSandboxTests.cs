using System.Net;
using System.Net.NetworkInformation;
using Pipelines.Core;
using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests;

public class LocalSandboxTests
{
    [Fact]
    public async Task StartAsync_AnyMachine_ListensOnLoopbackOnly()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        int[] ports = [new Uri("http://" + fixture.Sandbox.RegistryHost).Port, fixture.Sandbox.Ecr.Port, fixture.Sandbox.ArgoCd.Port, fixture.Sandbox.Slack.Port, fixture.Sandbox.SlackWebhook.Port, fixture.Sandbox.Workload("staging").Port, fixture.Sandbox.Prometheus.Port];
        IPEndPoint[] listeners = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => ports.Contains(listener.Port))];

        Assert.Equal(6, listeners.Select(listener => listener.Port).Distinct().Count());
        Assert.All(listeners, listener => Assert.Equal(IPAddress.Loopback, listener.Address));
    }

    [Fact]
    public async Task StartAsync_FolderInUse_SaysByWhom()
    {
        using var directory = new TemporaryDirectory();
        await using SandboxFixture first = await SandboxFixture.StartAsync(directory: directory);

        SandboxBusyException error = await Assert.ThrowsAsync<SandboxBusyException>(() => LocalSandbox.StartAsync(SandboxFixture.Options(directory)));

        Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.Usage, error.Kind);
    }

    [Fact]
    public async Task DisposeAsync_Twice_LeavesTheFolderForOthers()
    {
        using var directory = new TemporaryDirectory();
        SandboxFixture first = await SandboxFixture.StartAsync(directory: directory);
        await first.DisposeAsync();
        await first.Sandbox.DisposeAsync();

        await using SandboxFixture second = await SandboxFixture.StartAsync(directory: directory);
        Assert.NotEqual(first.Sandbox.RegistryPassword.Reveal(), second.Sandbox.RegistryPassword.Reveal());
    }

    [Theory]
    [InlineData("")]
    [InlineData("../etc")]
    [InlineData("a b")]
    public async Task StartAsync_IllegalApp_IsRefused(string app)
    {
        using var directory = new TemporaryDirectory();
        await Assert.ThrowsAsync<InvalidUsageException>(() => LocalSandbox.StartAsync(SandboxFixture.Options(directory) with { App = app }));
    }

    [Fact]
    public async Task Workload_UnknownEnvironment_NamesTheKnown()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        Assert.Contains("staging", Assert.Throws<ArgumentException>(() => fixture.Sandbox.Workload("prod")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("smoke", SandboxFaults.Smoke)]
    [InlineData("argocd-degraded, push-conflict", SandboxFaults.ArgoCdDegraded | SandboxFaults.PushConflict)]
    [InlineData("Slack", SandboxFaults.Slack)]
    public void Parse_KnownNames_AreFaults(string text, SandboxFaults expected) => Assert.Equal(expected, SandboxFaultNames.Parse(text));

    [Theory]
    [InlineData("smok", "Did you mean 'smoke'?")]
    [InlineData("argo-degraded", "Did you mean 'argocd-degraded'?")]
    [InlineData("zzz", "The faults are: smoke, argocd-degraded, push-conflict, registry, slack, metrics, metrics-inconclusive.")]
    [InlineData("", "The faults are")]
    public void Parse_UnknownName_OffersTheNearest(string text, string advice) =>
        Assert.Contains(advice, Assert.Throws<InvalidUsageException>(() => SandboxFaultNames.Parse(text)).Message, StringComparison.Ordinal);
}
