using System.Text.Json.Nodes;
using Pipelines.Core.Clients.ArgoCd;
using Pipelines.Testing;
using static Pipelines.Core.Tests.Clients.ArgoCd.ScriptedArgoCd;

namespace Pipelines.Core.Tests.Clients.ArgoCd;

public class ArgoCdWaitTests
{
    private const string Old = "0000000000000000000000000000000000000000";
    private const string Ours = "1111111111111111111111111111111111111111";
    private const string Later = "2222222222222222222222222222222222222222";
    private const string Newer = "3333333333333333333333333333333333333333";

    private readonly SkippingTime _time = new();
    private readonly RecordingContext _context = new();

    [Fact]
    public async Task Wait_HealthyBeforeOurRevision_WaitsForOurs() // kargo#6357
    {
        using var server = new ScriptedArgoCd(
            App("Synced", Old, "Healthy"),
            App("OutOfSync", Ours, "Healthy", Operation("Running", Ours)),
            App("Synced", Ours, "Progressing", Operation("Succeeded", Ours)),
            App("Synced", Ours, "Healthy", Operation("Succeeded", Ours)));
        Assert.StartsWith("Healthy at 1111111111 after", await WaitAsync(server), StringComparison.Ordinal);
        Assert.Equal(4, server.Reads);
        Assert.Contains("refresh=normal", server.Requests[0], StringComparison.Ordinal);
        Assert.Contains("Synced at 0000000000", _context.LogText, StringComparison.Ordinal);
        Assert.Contains("our revision 1111111111 is OutOfSync", _context.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_AlreadySynced_EndsAtOnce() // argo-cd#12211
    {
        using var server = new ScriptedArgoCd(App("Synced", Ours, "Healthy", Operation("Succeeded", Ours)));
        await WaitAsync(server);
        Assert.Equal((1, TimeSpan.Zero), (server.Reads, _time.Elapsed));
    }

    [Fact]
    public async Task Wait_AlreadyDegradedAtOurRevision_EndsAtOnceWithTheResources() // argo-cd#8496
    {
        using var server = new ScriptedArgoCd(App("Synced", Ours, "Degraded", status =>
        {
            status["resources"] = new JsonArray(
                new JsonObject { ["kind"] = "Service", ["name"] = "order", ["health"] = new JsonObject { ["status"] = "Healthy" } },
                new JsonObject { ["kind"] = "Deployment", ["name"] = "order", ["health"] = new JsonObject { ["status"] = "Degraded", ["message"] = "exceeded its progress deadline" } });
        }))
        {
            Tree = """{"nodes":[{"kind":"Pod","name":"order-1","health":{"status":"Degraded","message":"back-off pulling image"}}]}""",
        };
        ArgoCdException error = await Assert.ThrowsAsync<ArgoCdException>(() => WaitAsync(server));
        Assert.Equal(ArgoCdFailure.Degraded, error.Failure);
        Assert.Equal("  Deployment/order Degraded: exceeded its progress deadline\n  Pod/order-1 Degraded: back-off pulling image", error.Evidence);
        Assert.Equal(TimeSpan.Zero, _time.Elapsed);
    }

    [Fact]
    public async Task Wait_DegradedBeforeOurRevision_DoesNotEndTheWait()
    {
        using var server = new ScriptedArgoCd(
            App("Synced", Old, "Degraded"),
            App("Synced", Ours, "Degraded", Operation("Succeeded", Ours)), // the health of before, still
            App("Synced", Ours, "Progressing", Operation("Succeeded", Ours)),
            App("Synced", Ours, "Healthy", Operation("Succeeded", Ours)));
        await WaitAsync(server);
        Assert.Contains("still that of before", _context.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_DegradedBeforeAndAfter_EndsSoon()
    {
        using var server = new ScriptedArgoCd(App("Synced", Old, "Degraded"), App("Synced", Ours, "Degraded"));
        Assert.Equal(ArgoCdFailure.Degraded, (await Assert.ThrowsAsync<ArgoCdException>(() => WaitAsync(server))).Failure);
        Assert.True(_time.Elapsed < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Wait_DegradedAgainAfterProgressing_EndsAtOnce()
    {
        using var server = new ScriptedArgoCd(App("Synced", Old, "Degraded"), App("Synced", Ours, "Progressing"), App("Synced", Ours, "Degraded"), App("Synced", Ours, "Healthy"));
        Assert.Equal(ArgoCdFailure.Degraded, (await Assert.ThrowsAsync<ArgoCdException>(() => WaitAsync(server))).Failure);
        Assert.Equal(3, server.Reads);
    }

    [Fact]
    public async Task Wait_HealthFromBeforeTheSyncEnded_WaitsForANewComparison()
    {
        using var server = new ScriptedArgoCd(
            App("Synced", Ours, "Healthy", status =>
            {
                Operation("Succeeded", Ours, finishedAt: "2026-01-02T03:04:05Z")(status);
                status["reconciledAt"] = "2026-01-02T03:04:01Z";
            }),
            App("Synced", Ours, "Progressing"),
            App("Synced", Ours, "Healthy"));
        await WaitAsync(server);
        Assert.Equal(3, server.Reads);
    }

    [Fact]
    public async Task Wait_SyncOfOurRevisionFailed_EndsAtOnceWithItsMessages()
    {
        using var server = new ScriptedArgoCd(
            App("OutOfSync", Ours, "Healthy", Operation("Failed", Old, "an old failure")),
            App("OutOfSync", Ours, "Healthy", Operation("Failed", Ours, "one or more objects failed to apply", resources:
                [new JsonObject { ["kind"] = "Deployment", ["name"] = "order", ["status"] = "SyncFailed", ["message"] = "spec.replicas: Invalid value" }, new JsonObject { ["kind"] = "Service", ["name"] = "order", ["status"] = "Synced" }])));
        ArgoCdException error = await Assert.ThrowsAsync<ArgoCdException>(() => WaitAsync(server));
        Assert.Equal((ArgoCdFailure.SyncFailed, 2), (error.Failure, server.Reads));
        Assert.Equal("  one or more objects failed to apply\n  Deployment/order: spec.replicas: Invalid value", error.Evidence);
    }

    [Fact]
    public async Task Wait_SyncStillRunningHooks_WaitsForItsEnd()
    {
        using var server = new ScriptedArgoCd(App("Synced", Ours, "Healthy", Operation("Running", Ours, "waiting for hook")), App("Synced", Ours, "Healthy", Operation("Succeeded", Ours)));
        await WaitAsync(server);
        Assert.Equal(2, server.Reads);
    }

    [Fact]
    public async Task Wait_LaterCommitOfAnotherService_CountsAsOurs()
    {
        using var server = new ScriptedArgoCd(App("Synced", Old, "Healthy"), App("Synced", Later, "Healthy"));
        Assert.StartsWith("Healthy at 2222222222", await WaitAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_NewerDeploymentTookOurPlace_SaysSo()
    {
        using var server = new ScriptedArgoCd(App("Synced", Newer, "Healthy"));
        Assert.Equal(ArgoCdFailure.Superseded, (await Assert.ThrowsAsync<ArgoCdException>(() => WaitAsync(server))).Failure);
    }

    [Fact]
    public async Task Wait_SeveralSources_FindsOursAmongTheRevisions()
    {
        using var server = new ScriptedArgoCd(App("Synced", "", "Healthy", status => status["sync"]!["revisions"] = new JsonArray("1.2.3", Ours)));
        await WaitAsync(server);
    }

    [Theory]
    [InlineData(404, "not found")]
    [InlineData(403, "permission denied")]
    public async Task Wait_ApplicationComesLater_WaitsForIt(int status, string message) // kargo#5844
    {
        var missing = new Answer(status, $$"""{"error":"{{message}}","code":7,"message":"{{message}}"}""");
        using var server = new ScriptedArgoCd(missing, missing, App("Synced", Ours, "Healthy"));
        await WaitAsync(server);
        Assert.Single(_context.Log, line => line.Text.Contains("knows no application 'order'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(404, "create the application")]
    [InlineData(403, "argocd.token")]
    public async Task Wait_ApplicationNeverComes_SaysSo(int status, string advice) // kargo#5844
    {
        using var server = new ScriptedArgoCd(new Answer(status, """{"message":"no"}"""));
        ArgoCdException error = await Assert.ThrowsAsync<ArgoCdException>(() => WaitAsync(server));
        Assert.Equal(ArgoCdFailure.NotFound, error.Failure);
        Assert.Contains("within 2 min", error.What, StringComparison.Ordinal);
        Assert.Contains(advice, error.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, """{"message":"invalid session"}""")]
    [InlineData(403, "<html>blocked by proxy</html>")]
    public async Task Wait_NotLetIn_NamesTheToken(int status, string body)
    {
        using var server = new ScriptedArgoCd(new Answer(status, body));
        ArgoCdException error = await Assert.ThrowsAsync<ArgoCdException>(() => WaitAsync(server));
        Assert.Equal((ArgoCdFailure.Credential, FailureKind.MissingPrerequisite), (error.Failure, error.Kind));
        Assert.Contains("argocd.token", error.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("t0ken", error.Message, StringComparison.Ordinal);
        Assert.Equal("Bearer t0ken", server.Authorization);
    }

    [Theory]
    [InlineData(200, "<!doctype html><title>Log in</title>", null, "Log in")]
    [InlineData(302, "", "https://login.example.com/x?secret=1", "https://login.example.com/x")]
    [InlineData(404, "404 page not found", null, "404")]
    public async Task Wait_SomethingElseAnswers_SaysSo(int status, string body, string? location, string evidence)
    {
        using var server = new ScriptedArgoCd(new Answer(status, body, location));
        ArgoCdException error = await Assert.ThrowsAsync<ArgoCdException>(() => WaitAsync(server));
        Assert.Equal(ArgoCdFailure.NotArgoCd, error.Failure);
        Assert.Contains(evidence, error.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("secret=1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_ServerAwayForAMoment_GoesOn()
    {
        using var server = new ScriptedArgoCd(App("OutOfSync", Old, "Healthy"), new Answer(503, "restarting"), new Answer(502, ""), App("Synced", Ours, "Healthy"));
        await WaitAsync(server);
        Assert.Contains("Trying again", _context.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_Unreachable_EndsAfterAMinute()
    {
        ArgoCdException error = await Assert.ThrowsAsync<ArgoCdException>(() => WaitAsync(new Uri("http://127.0.0.1:1/")));
        Assert.Equal((ArgoCdFailure.Unreachable, true), (error.Failure, error.IsTransient));
        Assert.InRange(_time.Elapsed, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(90));
        Assert.Contains("argocd.server", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_OursNeverSeen_SaysWhatItSawLast()
    {
        using var server = new ScriptedArgoCd(App("Synced", Old, "Healthy"));
        ArgoCdException error = await Assert.ThrowsAsync<ArgoCdException>(() => WaitAsync(server));
        Assert.Equal(ArgoCdFailure.Timeout, error.Failure);
        Assert.Contains("last seen: Synced at 0000000000, Healthy", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("main of https://git.example.com/m.git", error.Advice, StringComparison.Ordinal);
        Assert.Single(_context.Log, line => line.Text.Contains("waiting for our revision", StringComparison.Ordinal)); // only on change
        Assert.InRange(_time.Elapsed, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3));
    }

    [Theory]
    [InlineData("Suspended", "resume it")]
    [InlineData("Missing", "resources that are not healthy")]
    [InlineData("Progressing", "resources that are not healthy")]
    public async Task Wait_NeverHealthy_SaysWhatToDo(string health, string advice)
    {
        using var server = new ScriptedArgoCd(App("Synced", Ours, health));
        ArgoCdException error = await Assert.ThrowsAsync<ArgoCdException>(() => WaitAsync(server));
        Assert.Equal(ArgoCdFailure.Timeout, error.Failure);
        Assert.Contains(advice, error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_StreamTellsFirst_NeedsNoFurtherQuestion()
    {
        using var server = new ScriptedArgoCd(App("Synced", Old, "Healthy"))
        {
            Streams = [[Event(App("OutOfSync", Ours, "Healthy")), Event(App("Synced", Ours, "Progressing")), Event(App("Synced", Ours, "Healthy")), null]],
        };
        await WaitAsync(server, time: new ManualTime()); // a clock that stands still: nothing but the stream can tell
        Assert.Equal(1, server.Reads);
        Assert.Contains(server.Requests, request => request == "/api/v1/stream/applications?name=order");
        Assert.Contains("synced, Progressing", _context.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_StreamBreaks_ConnectsAgain()
    {
        using var server = new ScriptedArgoCd(App("Synced", Old, "Healthy"))
        {
            Streams = [[Event(App("OutOfSync", Ours, "Healthy"))], ["not json", "{broken"], [Event(App("Synced", Ours, "Healthy")), null]],
        };
        await WaitAsync(server, timeout: TimeSpan.FromHours(20));
    }

    [Fact]
    public async Task Wait_PathAndNamespace_AreInTheAddress()
    {
        using var server = new ScriptedArgoCd(App("Synced", Ours, "Healthy"));
        await WaitAsync(new Uri(server.Address, "argocd/"), application: "team a/order");
        Assert.Equal("/argocd/api/v1/applications/order?refresh=normal&appNamespace=team%20a", server.Requests[0]);
    }

    [Fact]
    public async Task Wait_Cancelled_EndsAtOnce()
    {
        using var server = new ScriptedArgoCd(App("Synced", Old, "Healthy")) { Streams = [[null]] };
        using var cancel = new CancellationTokenSource();
        Task<string> wait = WaitAsync(server, time: new ManualTime(), cancellationToken: cancel.Token);
        while (server.Requests.Count < 2)
            await Task.Yield();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    private Task<string> WaitAsync(ScriptedArgoCd server, TimeProvider? time = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        WaitAsync(server.Address, time: time, timeout: timeout, cancellationToken: cancellationToken);

    private Task<string> WaitAsync(Uri server, string application = "order", TimeProvider? time = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) => ArgoCdWait.RunAsync(
        new ArgoCdTarget { Server = server, Application = application, Token = SecretReference.Parse("env://ARGOCD_TOKEN"), Timeout = timeout ?? TimeSpan.FromMinutes(2) },
        Secret.Of("t0ken", "env://ARGOCD_TOKEN"),
        Ours,
        (revision, _) => Task.FromResult(revision == Later ? ArgoCdRevision.Ours : revision == Newer ? ArgoCdRevision.Superseded : ArgoCdRevision.Unrelated),
        _context.Context.Log,
        time ?? _time,
        cancellationToken);
}
