namespace Pipelines.Templates.Tests.Deploy;

public sealed class EnvironmentsTests : IDisposable
{
    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Run_OneMoreEnvironmentThanLastTime_DeploysToBoth()
    {
        (await _service.DeployAsync()).Ended(0);
        _service.Pipeline = With(new("staging"), new("qa"));
        ServiceRun run = await _service.DeployAsync();
        run.Ended(0);
        Assert.Contains("already deployed to staging", run.Output, StringComparison.Ordinal);
        Assert.Contains($"order-service in qa goes from no tag to {_service.Head}", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_NoEnvironmentsGiven_IsStagingThenProdBehindAnApproval()
    {
        Dictionary<string, string> conditions = (await _service.LivePlanAsync()).ToDictionary(stage => stage.Key, stage => stage.Value.GetProperty("conditions").GetRawText());
        Assert.Equal(
            ["test", "scan secrets", "build image", "scan image", "push image", "lock staging", "deploy staging", "sync staging", "smoke staging", "record staging", "approve prod", "lock prod", "deploy prod", "sync prod", "smoke prod", "record prod"],
            conditions.Keys.Where(name => !name.StartsWith("release", StringComparison.Ordinal)));
        foreach (string stage in (string[])["push image", "deploy staging", "approve prod", "deploy prod"])
            Assert.Contains("main", conditions[stage], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_Sandbox_ShowsTheSameWayWithTheMetrics()
    {
        ServiceRun run = await _service.RunAsync("plan");
        run.Ended(0);
        foreach (string stage in (string[])["observe staging", "approve prod", "observe prod"])
            Assert.Contains(stage, run.Output, StringComparison.Ordinal);
        (await _service.RunAsync("graph")).Ended(0);
    }

    [Theory]
    [InlineData("develop", new[] { "deploy staging" }, new[] { "deploy prod" })]
    [InlineData("main", new[] { "deploy staging", "deploy prod" }, new string[0])]
    [InlineData("feature/x", new string[0], new[] { "push image", "deploy staging", "deploy prod" })]
    public async Task Plan_BranchRules_SayWhatABranchReaches(string branch, string[] reached, string[] notReached)
    {
        var pipeline = new DeployPipeline(Service.App, Service.EcrRepo, Service.Channel) { Environments = [new("staging") { Branches = ["main", "develop"] }, new("prod")] };
        _service.Pipeline = pipeline;
        foreach ((string name, System.Text.Json.JsonElement stage) in await _service.LivePlanAsync())
        {
            string conditions = stage.GetProperty("conditions").GetRawText();
            if (reached.Contains(name))
                Assert.Contains(branch, conditions, StringComparison.Ordinal);
            if (notReached.Contains(name))
                Assert.DoesNotContain(branch, conditions, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Settings_OfOneEnvironment_WinOverTheSettingForAll()
    {
        _service.Pipeline = With(new("staging"), new("qa") { SmokeUrl = "https://qa.example.com/health" });
        ServiceRun run = await _service.RunAsync("settings", "--set", "qa.branches=release");
        run.Ended(0);
        Assert.Matches("qa.smoke-url +https://qa.example.com/health", run.Output);
        Assert.Matches("qa.branches +release", run.Output);
        Assert.Matches("staging.branches +main,master", run.Output);
    }

    [Fact]
    public async Task Definition_WrongEnvironments_AreAllToldInOneError()
    {
        _service.Pipeline = With(new("prod") { IsProtected = true }, new("Staging!"), new("prod"));
        (await _service.DeployAsync()).Refused(2, "starts with 'prod', which is protected", "'Staging!' is no name of an environment", "names 'prod' twice");
        _service.Pipeline = With();
        (await _service.DeployAsync()).Refused(2, "Environments is empty.");
    }

    private static DeployPipeline With(params DeployEnvironment[] environments) => new(Service.App, Service.EcrRepo, Service.Channel) { Environments = environments };
}
