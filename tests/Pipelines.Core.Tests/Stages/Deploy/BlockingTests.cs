using System.Text.Json.Nodes;
using Pipelines.Core.Tests.Stages.Verify;
using static Pipelines.Core.Tests.Clients.ArgoCd.ScriptedArgoCd;

namespace Pipelines.Core.Tests.Stages.Deploy;

/// <summary>Whatever goes wrong after the commit, the deployment does not stay. Only what blames the image keeps the image out.</summary>
public class BlockingTests
{
    private const string Bad = "200 OK\n{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1,\"0.5\"]}]}}";

    [Fact]
    public async Task Undo_Degraded_Blocks()
    {
        using Rollout rollout = await Rollout.CreateAsync([App("Synced", Rollout.Ours, "Degraded")]);
        await AssertBlockedAsync(rollout, "sync staging");
    }

    [Fact]
    public async Task Undo_SyncOfOurRevisionFailed_Blocks()
    {
        using Rollout rollout = await Rollout.CreateAsync([App("OutOfSync", Rollout.Ours, "Healthy", Operation("Failed", Rollout.Ours, "one or more objects failed to apply", resources: new JsonArray()))]);
        await AssertBlockedAsync(rollout, "sync staging");
    }

    [Fact]
    public async Task Undo_SmokeTestAnsweredBadly_Blocks()
    {
        using Rollout rollout = await Rollout.CreateAsync(service: ["503 Service Unavailable\nno database"]);
        await AssertBlockedAsync(rollout, "smoke staging");
    }

    [Fact]
    public async Task Undo_NoAnswerAfterTheSync_Blocks()
    {
        using Rollout rollout = await Rollout.CreateAsync();
        rollout.Smoke = new SmokeTest(Rollout.Nobody) { Timeout = TimeSpan.FromSeconds(40), RequestTimeout = TimeSpan.FromSeconds(20) };
        await AssertBlockedAsync(rollout, "smoke staging");
    }

    [Fact]
    public async Task Undo_AnalysisFailed_Blocks()
    {
        using var prometheus = new AnswerServer(Bad);
        using Rollout rollout = await Rollout.CreateAsync();
        rollout.Analysis = Analysis(new Uri(prometheus.Url));
        await AssertBlockedAsync(rollout, "observe staging");
    }

    [Fact]
    public async Task Undo_AStageOfTheScriptBlamesTheImage_Blocks()
    {
        using Rollout rollout = await Rollout.CreateAsync();
        rollout.Between = _ => throw new StageFailedException("Orders are lost.") { ImageAtFault = true };
        await AssertBlockedAsync(rollout, "between");
    }

    [Fact]
    public async Task Undo_ArgoCdCannotBeReached_DoesNotBlock()
    {
        using Rollout rollout = await Rollout.CreateAsync();
        rollout.ArgoCd = Rollout.Nobody;
        await AssertNotBlockedAsync(rollout, "sync staging");
    }

    [Fact]
    public async Task Undo_ArgoCdRefusesTheToken_DoesNotBlock()
    {
        using Rollout rollout = await Rollout.CreateAsync([new Answer(401, "{\"error\":\"invalid session\",\"code\":16}")]);
        await AssertNotBlockedAsync(rollout, "sync staging");
    }

    [Fact]
    public async Task Undo_ApplicationDeletedWhileWaiting_DoesNotBlock()
    {
        using Rollout rollout = await Rollout.CreateAsync([App("OutOfSync", new string('0', 40), "Healthy"), new Answer(404, "{\"error\":\"applications.argoproj.io \\\"order\\\" not found\",\"code\":5}")]);
        await AssertNotBlockedAsync(rollout, "sync staging");
    }

    [Fact]
    public async Task Undo_NeverHealthyInTime_DoesNotBlock()
    {
        using Rollout rollout = await Rollout.CreateAsync([App("Synced", Rollout.Ours, "Progressing")]);
        await AssertNotBlockedAsync(rollout, "sync staging");
    }

    [Fact]
    public async Task Undo_TheOldVersionStillAnswers_DoesNotBlock()
    {
        using Rollout rollout = await Rollout.CreateAsync(service: ["200 OK\n{\"version\":\"old\"}"]);
        rollout.Smoke = rollout.Smoke with { VersionJsonKey = "version" };
        await AssertNotBlockedAsync(rollout, "smoke staging");
    }

    [Fact]
    public async Task Undo_AddressOfTheSmokeTestIsNotKnown_DoesNotBlock()
    {
        using Rollout rollout = await Rollout.CreateAsync();
        rollout.Smoke = new SmokeTest("http://no-such-host.invalid/") { Timeout = TimeSpan.FromSeconds(40), RequestTimeout = TimeSpan.FromSeconds(20) };
        await AssertNotBlockedAsync(rollout, "smoke staging");
    }

    [Fact]
    public async Task Undo_NothingIsKnownOfTheCluster_DoesNotBlock()
    {
        using Rollout rollout = await Rollout.CreateAsync(service: ["503 Service Unavailable\nno database"]);
        rollout.ArgoCd = null;
        await AssertNotBlockedAsync(rollout, "smoke staging");
    }

    [Fact]
    public async Task Undo_PrometheusCannotBeReached_DoesNotBlock()
    {
        using Rollout rollout = await Rollout.CreateAsync();
        rollout.Analysis = Analysis(Rollout.Nobody);
        await AssertNotBlockedAsync(rollout, "observe staging");
    }

    [Fact]
    public async Task Undo_ProofCouldNotBePushed_DoesNotBlock()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the hook is a shell script");
        using Rollout rollout = await Rollout.CreateAsync();
        rollout.Manifests.Hook("pre-receive", "while read old new ref; do case $ref in refs/pipelines/*) echo 'protected'; exit 1;; esac; done\n");
        rollout.Last = new RecordProof();
        await AssertNotBlockedAsync(rollout, "last");
    }

    [Fact]
    public async Task Undo_AnErrorNobodyForesaw_DoesNotBlock()
    {
        using Rollout rollout = await Rollout.CreateAsync();
        rollout.Between = _ => throw new InvalidOperationException("a defect of the script");
        await AssertNotBlockedAsync(rollout, "between");
    }

    [Fact]
    public async Task Undo_Cancelled_DoesNotBlock()
    {
        using var cancel = new CancellationTokenSource();
        using Rollout rollout = await Rollout.CreateAsync();
        rollout.Setup = setup => setup with { Cancel = cancel.Token };
        rollout.Between = async cancellationToken =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, rollout.Time, cancellationToken);
        };
        UndoResult undo = await rollout.UndoneAsync();
        Assert.False(await rollout.BlocksAsync());
        Assert.EndsWith($"{Rollout.Tag} is not blocked: nothing was found against it.", undo.Report!.Summary, StringComparison.Ordinal);
    }

    private static Analysis Analysis(Uri prometheus) => new(new PrometheusTarget { Server = prometheus }, Metric.SuccessRate(Threshold.AtLeast(0.99)))
    {
        InitialDelay = TimeSpan.Zero,
        Interval = TimeSpan.FromSeconds(5),
        Count = 6,
    };

    private static async Task AssertBlockedAsync(Rollout rollout, string because)
    {
        UndoResult undo = await rollout.UndoneAsync();
        Assert.Equal(because, undo.Because);
        Assert.True(await rollout.BlocksAsync());
        Assert.EndsWith($"{Rollout.Tag} is blocked there until somebody unblocks it.", undo.Report!.Summary, StringComparison.Ordinal);
    }

    private static async Task AssertNotBlockedAsync(Rollout rollout, string because)
    {
        UndoResult undo = await rollout.UndoneAsync();
        Assert.Equal(because, undo.Because);
        Assert.False(await rollout.BlocksAsync());
        Assert.EndsWith($"{Rollout.Tag} is not blocked: why '{because}' failed says nothing about the image, so it may be deployed again.", undo.Report!.Summary, StringComparison.Ordinal);
    }
}
