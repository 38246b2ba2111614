namespace Pipelines.Templates.Tests.Deploy;

public sealed class ProtectedEnvironmentTests : IDisposable
{
    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Run_StagingThenProd_PromotesTheOneDigestWithAnApproval()
    {
        ServiceRun run = await _service.DeployAsync();
        run.Ended(0);
        foreach (string stage in (string[])["deploy staging", "smoke staging", "observe staging", "approve prod", "deploy prod", "sync prod", "smoke prod", "observe prod"])
            Assert.Matches($"{stage} +✓ succeeded", run.Output);
        Assert.Contains("Simulated: the sandbox approves 'prod' by itself.", run.Output, StringComparison.Ordinal);
        string commit = _service.ManifestLog("-1", "--format=%B");
        foreach (string trailer in (string[])["Environment: prod", "Approved-By: sandbox (simulated)", "Proven-In: staging", "Image: "])
            Assert.Contains(trailer, commit, StringComparison.Ordinal);
        Assert.Contains(_service.Head, _service.Manifest(), StringComparison.Ordinal);
        Assert.Contains(_service.Head, _service.Manifest(Service.ProdManifestFile), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metrics")]
    [InlineData("metrics-inconclusive")]
    public async Task Run_MetricsDoNotHold_StagingIsUndoneAndProdNeverAsked(string fault)
    {
        ServiceRun run = await _service.DeployAsync("--sandbox-fault", fault);
        run.Ended(1);
        Assert.Matches("observe staging +✗ failed", run.Output);
        Assert.Matches("deploy staging +✓ succeeded .*undone", run.Output);
        Assert.Matches("approve prod +– skipped", run.Output);
        Assert.DoesNotContain(_service.Head, _service.Manifest(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promote_LaterThanTheRun_DeploysWhatStagingProved()
    {
        (await _service.DeployAsync("--stage", "record staging")).Ended(0);
        string proven = _service.Head;
        _service.Commit("A later commit, which nobody has proven");
        ServiceRun promoted = await _service.RunAsync("promote");
        promoted.Ended(0);
        ServiceRun status = await _service.RunAsync("status", "--env", "prod");
        status.Ended(0);
        Assert.Contains(proven, status.Output, StringComparison.Ordinal);
    }
}
