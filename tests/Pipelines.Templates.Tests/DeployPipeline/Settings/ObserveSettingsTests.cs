using Pipelines.Core;

namespace Pipelines.Templates.Tests.Deploy.Settings;

public sealed class ObserveSettingsTests : IDisposable
{
    private const string Server = "prometheus.server=https://prometheus.example.com";
    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Plan_Prometheus_ObservesEveryEnvironment()
    {
        foreach (string stage in (string[])["observe staging", "observe prod"])
        {
            Assert.Equal("success rate at least 99 %; every 1 min for 30 min", await DescriptionAsync(stage, Server));
            Assert.Equal(
                "success rate at least 99.5 %, p95 latency at most 300 ms, restarts at most 0, query at most 10; every 30 s for 10 min",
                await DescriptionAsync(stage, Server, "observe.success-rate=99.5%", "observe.latency=300ms", "observe.latency-percentile=0.95", "observe.restarts=true", "observe.query=max(queue{app=\"{app}\"})", "observe.query-at-most=10", "observe.window=10m", "observe.interval=30s", "observe.initial-delay=30s"));
        }
    }

    [Fact]
    public async Task Plan_NoPrometheus_ObservesNothing() => Assert.DoesNotContain((await _service.LivePlanAsync()).Keys, stage => stage.StartsWith("observe", StringComparison.Ordinal));

    [Fact]
    public async Task Plan_ScriptsAnalysis_WinsOverTheSettings()
    {
        _service.Pipeline = new DeployPipeline(Service.App, Service.EcrRepo, Service.Channel)
        {
            Environments =
            [
                new("staging") { Analysis = new Analysis(new PrometheusTarget { Server = new Uri("https://other.example.com") }, new Metric("queue", "queue", Threshold.AtMost(5))) { Window = TimeSpan.FromMinutes(3) } },
                new("prod") { IsProtected = true },
            ],
        };
        Assert.Equal("queue at most 5; every 1 min for 3 min", await DescriptionAsync("observe staging", Server));
        Assert.Equal("success rate at least 99 %; every 1 min for 30 min", await DescriptionAsync("observe prod", Server));
    }

    [Fact]
    public async Task Run_WrongMetrics_AreAllToldAtOnce() =>
        (await _service.LiveAsync("run", "prometheus.server=http://prometheus.example.com", "prometheus.token=env://PROM", "observe.query=sum({app})", "observe.query-at-least=1", "observe.query-at-most=2", "observe.window=30s"))
            .Refused(2, "3 settings are wrong.", "in the clear", "observe.query needs one limit", "observe.*: The query");

    [Theory]
    [InlineData("prometheus.token=env://PROM", "prometheus.token is set, and prometheus.server is not")]
    [InlineData("observe.query-at-most=1", "observe.query-at-most is set, and observe.query is not")]
    [InlineData("observe.query-at-most=much", "'much' is no number")]
    [InlineData("observe.window=30s", "which is over before the first measurement")]
    [InlineData("observe.success-rate=0", "it has no metric")]
    [InlineData("observe.latency-percentile=1", "must lie between 0 and 1")]
    [InlineData("observe.selector=app={app}", "observe.*: The query")]
    public async Task Run_WrongSetting_IsRefused(string setting, string why) => (await _service.LiveAsync("run", setting)).Refused(2, why);

    [Fact]
    public async Task Doctor_Prometheus_IsReachedOrMissed()
    {
        Assert.Matches("note +prometheus.server +it is not set: nobody observes", (await _service.LiveAsync("doctor")).Output);
        Assert.Matches("MISSING +prometheus.server +http://127.0.0.1:1 cannot be reached", (await _service.LiveAsync("doctor", "prometheus.server=http://127.0.0.1:1")).Output);
    }

    private async Task<string?> DescriptionAsync(string stage, params string[] settings) => (await _service.LivePlanAsync(settings))[stage].GetProperty("description").GetString();
}
