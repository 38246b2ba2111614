using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests.Git;

public class ManifestRepositoryTests
{
    [Fact]
    public async Task StartAsync_NoRepository_SeedsItInOneCommit()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync(change: options => options with
        {
            SeedFiles = new Dictionary<string, string> { ["apps/order-service/values-staging.yaml"] = "image:\r\n  tag: \"1\"  # größer", ["README.md"] = "# x\n" },
        });

        Assert.Equal("Sandbox: Seed the sandbox's manifest repository", fixture.Git("log", "--format=%an: %s", "main").Trim());
        Assert.Equal("image:\r\n  tag: \"1\"  # größer", fixture.Git("show", "main:apps/order-service/values-staging.yaml"));
    }

    [Fact]
    public async Task StartAsync_SecondTime_KeepsTheRepository()
    {
        using var directory = new TemporaryDirectory();
        await using (SandboxFixture first = await SandboxFixture.StartAsync(directory: directory))
            Assert.True(first.Push("aaa").Pushed);
        await using SandboxFixture second = await SandboxFixture.StartAsync(directory: directory, change: options => options with { SeedFiles = new Dictionary<string, string> { ["new"] = "x" } });

        Assert.Equal("2", second.Git("rev-list", "--count", "main").Trim());
    }

    [Fact]
    public async Task Push_FaultPushConflict_IsRejectedByGitOnceOnly()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync(SandboxFaults.PushConflict);

        (string lost, bool pushed, string output) = fixture.Push("aaa");
        Assert.False(pushed);
        Assert.Contains("rejected", output, StringComparison.Ordinal);
        Assert.DoesNotContain(lost, fixture.Git("rev-list", "main"), StringComparison.Ordinal);
        Assert.Equal("Another team", fixture.Git("log", "-1", "--format=%an", "main").Trim());
        Assert.Single(fixture.Git("show", "--name-only", "--format=", "main").Trim().Split('\n'), "apps/another-service/values-staging.yaml");

        Assert.True(fixture.Push("bbb").Pushed);
        fixture.Git("fsck", "--strict");
    }

    [Fact]
    public async Task StartAsync_HookLeftByAKilledRun_IsGone()
    {
        using var directory = new TemporaryDirectory();
        await using (SandboxFixture first = await SandboxFixture.StartAsync(SandboxFaults.PushConflict, directory))
            Assert.True(File.Exists(Path.Combine(first.Sandbox.ManifestRepository, "hooks", "pre-receive")));
        string hook = Path.Combine(directory.Path, "sandbox", "manifests.git", "hooks", "pre-receive");
        Assert.False(File.Exists(hook));
        await File.WriteAllTextAsync(hook, "#!/bin/sh\nexit 1\n");

        await using SandboxFixture second = await SandboxFixture.StartAsync(directory: directory);
        Assert.True(second.Push("aaa").Pushed);
    }
}
