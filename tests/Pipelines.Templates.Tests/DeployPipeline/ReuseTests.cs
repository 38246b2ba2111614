namespace Pipelines.Templates.Tests.Deploy;

public sealed class ReuseTests : IDisposable
{
    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task From_FinishedRunOfTheSameCommit_TakesItsOutputsAndSaysWhose()
    {
        (await _service.DeployAsync()).Ended(0);
        string first = Path.GetFileName(_service.Runs[^1]);
        ServiceRun second = await _service.DeployAsync("--from", "deploy staging");
        second.Ended(0);
        Assert.Contains($"Taking the outputs of the run {first}, of the same commit: 5 stages are restored.", second.Error, StringComparison.Ordinal);
        Assert.Matches("push image +│ ↺ restored", second.Output);
        Assert.Contains("is already deployed to staging", second.Output, StringComparison.Ordinal);
        Assert.Equal(2, _service.Runs.Length);

        // The second run's own journal has what it took over: it can be gone on from as well.
        ServiceRun third = await _service.DeployAsync("--stage", "smoke staging");
        third.Ended(0);
        Assert.Contains("7 stages are restored", third.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_ProdsOwnStages_TakesWhatStagingProved()
    {
        (await _service.DeployAsync("--stage", "record staging")).Ended(0);
        Assert.DoesNotContain(_service.Head, _service.Manifest(Service.ProdManifestFile), StringComparison.Ordinal);
        ServiceRun second = await _service.DeployAsync("--from", "approve prod");
        second.Ended(0);
        Assert.Matches("record staging +│ ↺ restored", second.Output);
        Assert.Contains(_service.Head, _service.Manifest(Service.ProdManifestFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_FailedStage_TakesWhatWasNotUndone()
    {
        (await _service.DeployAsync("--sandbox-fault", "smoke", "--set", "smoke.timeout=1s")).Ended(1);
        (await _service.DeployAsync("--from", "sync staging")).Ended(1); // what was rolled back stays out
        (await _service.RunAsync("unblock", "--env", "staging", "--reason", "the sandbox was told to fail")).Ended(0);
        ServiceRun second = await _service.DeployAsync("--from", "sync staging");
        second.Ended(0);
        Assert.Matches("deploy staging +│ ▸ started", second.Output); // it was undone
        Assert.Contains("5 stages are restored", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_AnotherCommit_IsRefusedAndSaysWhat()
    {
        (await _service.DeployAsync()).Ended(0);
        string before = _service.Head;
        string after = _service.Commit("Second");
        (await _service.DeployAsync("--from", "deploy staging")).Refused(2, "there is no finished run of the same commit", $"the commit: it was '{before}' and is '{after}'", "--stage 'deploy staging'");
    }

    [Fact]
    public async Task Resume_AnotherCommitOrSetting_IsRefusedAndSaysWhat()
    {
        (await _service.DeployAsync("--sandbox-fault", "smoke", "--set", "smoke.timeout=1s")).Ended(1);
        (await _service.RunAsync("resume", "--set", "smoke.status=204")).Refused(2, "cannot go on", "the setting smoke.status: it was '200' and is '204'");
        _service.Write("app/new.py", "x = 1\n");
        (await _service.RunAsync("resume")).Refused(2, "the uncommitted changes: they were");
        string before = _service.Head;
        _service.Commit("Second");
        (await _service.RunAsync("resume")).Refused(2, $"the commit: it was '{before}'", "start a new run");
    }
}
