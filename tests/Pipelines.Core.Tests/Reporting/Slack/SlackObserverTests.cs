using Pipelines.Core.Clients.Slack;
using Pipelines.Core.Reporting.Slack;
using Pipelines.Core.Tests.Stages.Verify;
using Pipelines.Sandbox;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Reporting.Slack;

public class SlackObserverTests
{
    private readonly List<string> _warnings = [];

    [Fact]
    public async Task Run_WithToken_IsOneMessageUpdatedInPlace()
    {
        using var directory = new TemporaryDirectory();
        await using LocalSandbox sandbox = await StartAsync(directory);
        var observer = SlackObserver.WithToken("#orders-team", sandbox.SlackToken, sandbox.Slack, _warnings.Add, TimeProvider.System);
        var events = new RunEvents("a", "b");
        observer.OnEvent(events.Started);
        await UntilAsync(() => sandbox.SlackMessages.Count == 1);
        foreach (RunEvent runEvent in new[] { events.Begin("a"), events.End("a"), events.Begin("b"), events.End("b"), RunEvents.Ended(RunStatus.Succeeded) })
            observer.OnEvent(runEvent);
        await observer.CompleteAsync(default);

        SlackMessage message = Assert.Single(sandbox.SlackMessages);
        Assert.Equal("#orders-team", message.Channel);
        Assert.StartsWith("order-service succeeded", message.Text, StringComparison.Ordinal);
        Assert.InRange(message.Updates, 1, 2); // coalesced
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task Run_WithWebhook_IsOneMessageAtTheEnd()
    {
        using var directory = new TemporaryDirectory();
        await using LocalSandbox sandbox = await StartAsync(directory);
        var observer = SlackObserver.WithWebhook(Secret.Of(sandbox.SlackWebhook.AbsoluteUri, "env://SLACK_WEBHOOK"), _warnings.Add, TimeProvider.System);
        await RunAsync(observer);

        Assert.StartsWith("order-service succeeded", Assert.Single(sandbox.SlackMessages).Text, StringComparison.Ordinal);
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("not_in_channel", "/invite")]
    [InlineData("channel_not_found", "name")]
    [InlineData("invalid_auth", "token")]
    public async Task Run_SlackRefuses_IsOneWarningWithAdvice(string error, string advice)
    {
        using var server = new AnswerServer($"200 OK\n{{\"ok\":false,\"error\":\"{error}\"}}");
        await RunAsync(Observer(server, TimeProvider.System));

        string warning = Assert.Single(_warnings);
        Assert.Contains(error, warning, StringComparison.Ordinal);
        Assert.Contains(advice, warning, StringComparison.Ordinal);
        Assert.Single(server.Requests); // no retry of what can't get better
    }

    [Fact]
    public async Task Run_SlackIsDown_IsOneWarningAfterThreeAttempts()
    {
        using var directory = new TemporaryDirectory();
        await using LocalSandbox sandbox = await StartAsync(directory, SandboxFaults.Slack);
        var observer = new SlackObserver(new SlackWebhook(Secret.Of(sandbox.SlackWebhook.AbsoluteUri, "x"), TimeProvider.System), _warnings.Add, new ManualTime { AutoAdvance = true });
        observer.OnEvent(new RunEvents("a").Started);
        await observer.CompleteAsync(default);

        string warning = Assert.Single(_warnings);
        Assert.DoesNotContain(sandbox.SlackWebhook.AbsolutePath, warning, StringComparison.Ordinal); // the address is the secret
    }

    [Fact]
    public async Task Run_RateLimited_WaitsAsLongAsSlackAsks()
    {
        using var server = new AnswerServer("429 Too Many Requests\nRetry-After: 7\n\n{\"ok\":false,\"error\":\"ratelimited\"}", "200 OK\nok");
        var time = new ManualTime();
        var observer = SlackObserver.WithWebhook(Secret.Of(server.Url, "x"), _warnings.Add, time);
        observer.OnEvent(new RunEvents("a").Started);
        Task complete = observer.CompleteAsync(default);
        await UntilAsync(() => time.Waits.Contains(TimeSpan.FromSeconds(7)));
        Assert.Single(server.Requests);
        time.Advance(TimeSpan.FromSeconds(7));
        await complete;

        Assert.Equal(2, server.Requests.Count);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task CompleteAsync_SlackHangs_EndsAfterTenSeconds()
    {
        using var server = new AnswerServer(AnswerServer.Silence);
        var time = new ManualTime();
        SlackObserver observer = Observer(server, time);
        observer.OnEvent(new RunEvents("a").Started);
        Task complete = observer.CompleteAsync(default);
        while (!complete.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(complete, Task.Delay(10));
        }

        await complete;
        Assert.Contains("The run is not affected", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.InRange(time.GetUtcNow() - new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task Run_NoUpdatesFasterThanOnceASecond()
    {
        using var server = new AnswerServer("200 OK\n{\"ok\":true,\"channel\":\"C1\",\"ts\":\"1.1\"}");
        var time = new ManualTime();
        SlackObserver observer = Observer(server, time);
        var events = new RunEvents("a", "b");
        observer.OnEvent(events.Started);
        await UntilAsync(() => time.Waits.Contains(TimeSpan.FromSeconds(1)));
        observer.OnEvent(events.End("a"));
        observer.OnEvent(events.End("b"));
        await Task.Yield();
        Assert.Single(server.Requests);
        time.Advance(TimeSpan.FromSeconds(1));
        await UntilAsync(() => server.Requests.Count == 2);
        Assert.Contains("/chat.update", server.Requests[1], StringComparison.Ordinal);
        Assert.Contains("\"channel\":\"C1\"", server.Requests[1], StringComparison.Ordinal);
        observer.OnEvent(RunEvents.Ended(RunStatus.Succeeded));
        await observer.CompleteAsync(default); // the last one does not wait
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Run_StrangeAnswer_IsAWarning()
    {
        using var server = new AnswerServer("200 OK\n<html>proxy</html>");
        await RunAsync(Observer(server, TimeProvider.System));
        Assert.Contains("not Slack's", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_NoAddress_IsAWarningWithoutIt()
    {
        await RunAsync(SlackObserver.WithWebhook(Secret.Of("xoxb-secret", "env://SLACK_WEBHOOK"), _warnings.Add, TimeProvider.System));
        string warning = Assert.Single(_warnings);
        Assert.Contains("env://SLACK_WEBHOOK", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("xoxb", warning, StringComparison.Ordinal);
    }

    private SlackObserver Observer(AnswerServer server, TimeProvider time) => SlackObserver.WithToken("#orders-team", Secret.Of("xoxb-1", "x"), new Uri(server.Url), _warnings.Add, time);

    private static async Task RunAsync(SlackObserver observer)
    {
        var events = new RunEvents("a");
        foreach (RunEvent runEvent in new[] { events.Started, events.Begin("a"), events.End("a"), RunEvents.Ended(RunStatus.Succeeded) })
            observer.OnEvent(runEvent);
        await observer.CompleteAsync(default);
    }

    private static Task<LocalSandbox> StartAsync(TemporaryDirectory directory, SandboxFaults faults = SandboxFaults.None) =>
        LocalSandbox.StartAsync(new SandboxOptions { StateDirectory = directory.Path, App = "order-service", Faults = faults });

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(5, limit.Token);
    }
}
