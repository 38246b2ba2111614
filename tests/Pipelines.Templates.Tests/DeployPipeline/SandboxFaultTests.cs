namespace Pipelines.Templates.Tests.Deploy;

/// <summary>Each fault of the sandbox, and what on-call reads of it.</summary>
public sealed class SandboxFaultTests : IAsyncLifetime
{
    private readonly Service _service = new();
    private string _before = "";
    private string _previous = "";
    private string _tag = "";

    public async ValueTask InitializeAsync()
    {
        _previous = _service.Head;
        (await _service.DeployAsync()).Ended(0);
        _before = _service.Manifest();
        _tag = _service.Commit("Second");
    }

    public ValueTask DisposeAsync()
    {
        _service.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("smoke", "smoke staging", "503")]
    [InlineData("argocd-degraded", "sync staging", "exceeded its progress deadline")]
    public async Task Run_AfterTheCommit_IsUndoneAndTold(string fault, string stage, string evidence)
    {
        ServiceRun run = await _service.DeployAsync("--sandbox-fault", fault, "--set", "smoke.timeout=1s");
        run.Ended(1);
        Assert.Equal(_before, _service.Manifest());
        string[] subjects = _service.ManifestLog("--format=%s", "--max-count=2").Split('\n');
        Assert.Equal($"ci: update order-service to {_tag} [skip ci]", subjects[1]);
        Assert.Contains(_previous, subjects[0], StringComparison.Ordinal);
        foreach (string text in (string[])[run.Output, Unescaped(run.Summary)])
        {
            Assert.Contains($"{stage} failed", text, StringComparison.Ordinal);
            Assert.Contains(evidence, text, StringComparison.Ordinal);
            Assert.Matches($"(?i)undone: deploy staging.*is back at {_previous}", text);
            Assert.Contains($"staging: back to {_previous}, as before this run", text, StringComparison.Ordinal);
            Assert.Contains($"run it again with what it needs: dotnet run --project build -- --stage '{stage}'", text.Replace("`", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.Contains("revert commit", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Run_RegistryDown_NothingIsDeployed()
    {
        ServiceRun run = await _service.DeployAsync("--sandbox-fault", "registry");
        run.Ended(1);
        Assert.Equal(_before, _service.Manifest());
        foreach (string text in (string[])[run.Output, Unescaped(run.Summary)])
        {
            Assert.Contains("push image failed", text, StringComparison.Ordinal);
            Assert.Contains("500 Internal Server Error", text, StringComparison.Ordinal);
            Assert.Contains("staging: not touched; it runs what it ran before", text, StringComparison.Ordinal);
        }

        Assert.Contains("attempt 3 of 4 failed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PushConflict_IsWonByARetry()
    {
        ServiceRun run = await _service.DeployAsync("--sandbox-fault", "push-conflict");
        run.Ended(0);
        Assert.Contains($"'{_tag}'", _service.Manifest(), StringComparison.Ordinal);
        string[] subjects = _service.ManifestLog("--format=%s", "--max-count=3").Split('\n');
        Assert.Equal([$"ci: update order-service to {_tag} [skip ci]", $"ci: update order-service to {_tag} [skip ci]"], subjects[..2]);
        Assert.DoesNotContain(_previous, subjects[2], StringComparison.Ordinal); // somebody else's commit stayed
        Assert.Contains("Somebody else pushed to 'main' at the same time", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SlackDown_IsOneWarning()
    {
        ServiceRun run = await _service.DeployAsync("--sandbox-fault", "slack");
        run.Ended(0);
        string warning = Assert.Single(run.Output.Split('\n'), line => line.Contains("Slack", StringComparison.Ordinal));
        Assert.StartsWith("warning: Slack did not take the message: status 500.", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TwoFaultsByOneOption_BothHappen()
    {
        ServiceRun run = await _service.DeployAsync("--sandbox-fault", "push-conflict,smoke", "--set", "smoke.timeout=1s");
        run.Ended(1);
        Assert.Equal(_before, _service.Manifest());
    }

    private static string Unescaped(string markdown) => markdown.Replace("\\", "", StringComparison.Ordinal);
}
