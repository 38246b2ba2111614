using Pipelines.Core;
using Pipelines.Core.Clients.Prometheus;

namespace Pipelines.Sandbox.Tests.Prometheus;

/// <summary>The stand-in as the production client sees it.</summary>
public class PrometheusStandInTests
{
    private const string Rate = "1 - errors / all";

    [Fact]
    public async Task Query_Healthy_KnowsTheUsualMetrics()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        PrometheusClient client = Client(fixture);
        Assert.InRange(await ValueAsync(client, Metric.SuccessRate(Threshold.AtLeast(0.99)).Query), 0.99, 1);
        Assert.InRange(await ValueAsync(client, Metric.LatencyPercentile(0.99, Threshold.AtMost(1)).Query), 0.05, 0.2);
        Assert.Equal(0, await ValueAsync(client, Metric.Restarts().Query));
    }

    [Theory]
    [InlineData(SandboxFaults.Metrics)]
    [InlineData(SandboxFaults.Metrics | SandboxFaults.Smoke)]
    public async Task Query_FaultMetrics_IsBadNowAndGoodBefore(SandboxFaults faults)
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync(faults);
        PrometheusClient client = Client(fixture);
        Assert.InRange(await ValueAsync(client, Rate), 0.8, 0.85);
        PrometheusAnswer past = await client.QueryRangeAsync(Rate, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch + TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(1), default);
        Assert.Equal(31, Assert.Single(past.Series).Values.Count);
        Assert.All(past.Series[0].Values, value => Assert.InRange(value, 0.99, 1));
    }

    [Fact]
    public async Task Query_FaultInconclusive_HasNoSeries()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync(SandboxFaults.MetricsInconclusive);
        Assert.Empty((await Client(fixture).QueryAsync(Rate, default)).Series);
    }

    [Fact]
    public async Task Query_State_CanChangeMeanwhile()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        PrometheusClient client = Client(fixture);
        fixture.Sandbox.Metrics.State = SandboxMetricsState.NotANumber;
        Assert.Equal(double.NaN, await ValueAsync(client, Rate));
        fixture.Sandbox.Metrics.State = SandboxMetricsState.Error;
        Assert.Equal(PrometheusFailure.Execution, (await Assert.ThrowsAsync<PrometheusException>(() => client.QueryAsync(Rate, default))).Failure);
        fixture.Sandbox.Metrics.State = SandboxMetricsState.Down;
        Assert.Equal(PrometheusFailure.Unreachable, (await Assert.ThrowsAsync<PrometheusException>(() => client.QueryAsync(Rate, default))).Failure);
    }

    [Fact]
    public async Task Query_Script_GivesOneValueAfterTheOther()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        fixture.Sandbox.Metrics.Script("queue_length", 1, double.PositiveInfinity, 3);
        PrometheusClient client = Client(fixture);
        var values = new List<double>();
        foreach (string query in (string[])["queue_length", "max(queue_length)", "queue_length", "queue_length"])
            values.Add(await ValueAsync(client, query));
        Assert.Equal([1, double.PositiveInfinity, 3, 3], values);
        Assert.Throws<ArgumentException>(() => fixture.Sandbox.Metrics.Script("x"));
    }

    [Fact]
    public async Task Query_LongOne_IsTakenFromTheBody()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        fixture.Sandbox.Metrics.Script("queue_length", 7);
        Assert.Equal(7, await ValueAsync(Client(fixture), $"queue_length{{x=\"{new string('a', 3000)}\"}}"));
    }

    [Theory]
    [InlineData("sum(rate(x[5m])", "unclosed left parenthesis")]
    [InlineData("up{app=\"x}", "unterminated quoted string")]
    public async Task Query_Unreadable_IsBadData(string query, string message)
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        PrometheusException error = await Assert.ThrowsAsync<PrometheusException>(() => Client(fixture).QueryAsync(query, default));
        Assert.Equal(PrometheusFailure.BadQuery, error.Failure);
        Assert.Contains(message, error.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_WrongToken_IsRefused()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        var client = new PrometheusClient(new PrometheusTarget { Server = fixture.Sandbox.Prometheus, Token = SecretReference.Parse("env://T") }, Secret.Of("wrong", "env://T"), TimeProvider.System);
        Assert.Equal(PrometheusFailure.Credential, (await Assert.ThrowsAsync<PrometheusException>(() => client.QueryAsync("up", default))).Failure);
    }

    private static PrometheusClient Client(SandboxFixture fixture) =>
        new(new PrometheusTarget { Server = fixture.Sandbox.Prometheus, Token = SecretReference.Parse("env://T") }, fixture.Sandbox.PrometheusToken, TimeProvider.System);

    private static async Task<double> ValueAsync(PrometheusClient client, string query) => Assert.Single(Assert.Single((await client.QueryAsync(query, default)).Series).Values);
}
