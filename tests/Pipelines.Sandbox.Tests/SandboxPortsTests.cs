using System.Net;
using System.Net.Sockets;
using Pipelines.Core;
using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests;

public sealed class SandboxPortsTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Take_Again_GivesTheSamePorts()
    {
        IReadOnlyList<int> first = SandboxPorts.Take(Options, 5);
        Assert.Equal(5, first.Distinct().Count());
        Assert.DoesNotContain(0, first);
        Assert.Equal(first, SandboxPorts.Take(Options with { KeepsPorts = true }, 5));
    }

    [Fact]
    public void Take_PortIsTaken_GivesOthersButRefusesToGoOnWithARun()
    {
        IReadOnlyList<int> first = SandboxPorts.Take(Options, 5);
        using var taken = new TcpListener(IPAddress.Loopback, first[2]);
        taken.Start();
        InvalidUsageException error = Assert.Throws<InvalidUsageException>(() => SandboxPorts.Take(Options with { KeepsPorts = true }, 5));
        Assert.Contains($"{first[0]} to {first[4]}", error.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain(first[2], SandboxPorts.Take(Options, 5));
    }

    private SandboxOptions Options => new() { StateDirectory = _folder.Path, App = "a" };
}
