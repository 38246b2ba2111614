using System.Collections.Concurrent;

namespace Pipelines.Core.Tests.Engine;

public class CancellationTests
{
    [Fact]
    public async Task RunAsync_Failure_RunningStagesFinishAndNothingNewStarts()
    {
        var release = new TaskCompletionSource();
        var pipeline = new PipelineBuilder("p");
        var running = pipeline.Add("running", (_, _) => release.Task);
        pipeline.Add("later", (_, _) => Task.CompletedTask).After(running);
        pipeline.Add("fails", (_, _) => Task.FromException(new StageFailedException("no")));
        var recorder = new EngineRun.Recorder();
        Task<RunResult> run = EngineRun.Run(pipeline.Build(), setup => setup with { Observers = [recorder] });
        await RetryAndTimeoutTests.Until(() => recorder.Events.Any(one => one is RunEvent.StageEnded { Stage.Name: "fails" }));
        release.SetResult();
        RunResult result = await run;
        Assert.IsType<StageOutcome.Succeeded>(result.Of("running"));
        Assert.Equal("because the run stopped after 'fails' failed", result.SkipOf("later"));
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task RunAsync_FailFast_CancelsWhatRuns()
    {
        var started = new TaskCompletionSource();
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("running", async (_, ct) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, ct);
        });
        pipeline.Add("fails", async (_, _) =>
        {
            await started.Task;
            throw new StageFailedException("no");
        });
        bool cleaned = false;
        pipeline.Add("clean-up", (_, ct) => Task.FromResult(cleaned = !ct.IsCancellationRequested)).Always();
        RunResult result = await EngineRun.Run(pipeline.Build(), setup => setup with { FailFast = true });
        Assert.IsType<StageOutcome.Cancelled>(result.Of("running"));
        Assert.Equal(RunStatus.Failed, result.Status);
        Assert.Equal(1, result.ExitCode);
        Assert.True(cleaned);
    }

    [Fact]
    public async Task RunAsync_TwoStagesFail_BothAreKept()
    {
        var both = new TaskCompletionSource();
        int started = 0;
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("one", Fails);
        pipeline.Add("two", Fails);
        RunResult result = await EngineRun.Run(pipeline.Build());
        Assert.Equal(["one", "two"], result.Failures.Select(stage => stage.Stage.Name));

        async Task Fails(StageContext context, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref started) == 2)
                both.SetResult();
            await both.Task;
            throw new StageFailedException(context.StageName);
        }
    }

    [Fact]
    public async Task RunAsync_FailsByItselfWhileCancelled_ItsErrorIsInTheLog()
    {
        using var cancel = new CancellationTokenSource();
        var recorder = new EngineRun.Recorder();
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("a", async (_, ct) =>
        {
            await cancel.CancelAsync();
            throw new StageFailedException("the disk is full");
        });
        RunResult result = await EngineRun.Run(pipeline.Build(), setup => setup with { Cancel = cancel.Token, Observers = [recorder] });
        Assert.IsType<StageOutcome.Cancelled>(result.Of("a"));
        Assert.Contains(recorder.Events.OfType<RunEvent.StageLogged>(), line => line.Text.Contains("the disk is full", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_CtrlCOnce_RunningAndUnstartedAreCancelledUndoAndAlwaysRun()
    {
        using var cancel = new CancellationTokenSource();
        var log = new ConcurrentQueue<string>();
        var pipeline = new PipelineBuilder("p");
        var deploy = pipeline.Add("deploy", new Effect("deploy", "prod", log));
        var smoke = pipeline.Add("smoke", deploy, async (value, _, ct) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, ct);
            return value;
        });
        pipeline.Add("next", smoke, (_, _, _) => Task.CompletedTask);
        pipeline.Add("notify", (_, ct) =>
        {
            log.Enqueue("notify " + ct.IsCancellationRequested);
            return Task.CompletedTask;
        }).After(smoke).Always();
        RunResult result = await EngineRun.Run(pipeline.Build(), setup => setup with { Cancel = cancel.Token });
        Assert.IsType<StageOutcome.Cancelled>(result.Of("smoke"));
        Assert.IsType<StageOutcome.Cancelled>(result.Of("next"));
        Assert.Equal(["undo deploy", "notify False"], log);
        Assert.Equal(RunStatus.Cancelled, result.Status);
        Assert.Equal(130, result.ExitCode);
    }

    [Fact]
    public async Task RunAsync_CancelledBeforeItStarts_NothingStartsButAlwaysStages()
    {
        var started = new ConcurrentQueue<string>();
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("work", Note);
        pipeline.Add("clean-up", Note).Always();
        RunResult result = await EngineRun.Run(pipeline.Build(), setup => setup with { Cancel = new CancellationToken(true) });
        Assert.Equal(["clean-up"], started);
        Assert.IsType<StageOutcome.Cancelled>(result.Of("work"));
        Assert.Equal(130, result.ExitCode);

        Task Note(StageContext context, CancellationToken cancellationToken)
        {
            started.Enqueue(context.StageName);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task RunAsync_CtrlCTwice_EverythingEndsAtOnceAndUnfinishedUndoIsTold()
    {
        using var cancel = new CancellationTokenSource();
        using var force = new CancellationTokenSource();
        var log = new ConcurrentQueue<string>();
        var never = new TaskCompletionSource();
        var pipeline = new PipelineBuilder("p");
        var first = pipeline.Add("first", new Effect("first", "prod", log));
        var second = pipeline.Add<int, int>("second", new Effect("second", "prod", log)
        {
            Undoing = async (_, _) =>
            {
                await force.CancelAsync();
                await never.Task; // hears nothing
            },
        }, first);
        var smoke = pipeline.Add("smoke", second, async (_, _, ct) =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, ct);
        });
        pipeline.Add("clean-up", (_, _) => Task.CompletedTask).After(smoke).Always();
        RunResult result = await EngineRun.Run(pipeline.Build(), setup => setup with { Cancel = cancel.Token, Force = force.Token }).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(log);
        Assert.Equal(["second", "first"], result.Undos.Select(undo => undo.Stage));
        Assert.Equal("The undo of 'second' was broken off: the run was told to end at once.", result.Undos[0].Failure!.What);
        Assert.Equal("The undo of 'first' was not started: the run was told to end at once.", result.Undos[1].Failure!.What);
        Assert.Contains("undo it by hand", result.Undos[1].Failure!.Advice, StringComparison.Ordinal);
        Assert.IsType<StageOutcome.Cancelled>(result.Of("clean-up"));
        Assert.Equal(130, result.ExitCode);
    }

    [Fact]
    public async Task RunAsync_CtrlCTwice_StageThatIgnoresItsTokenIsGivenUpAtOnce()
    {
        using var cancel = new CancellationTokenSource();
        using var force = new CancellationTokenSource();
        using var forever = new ManualResetEventSlim();
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("deaf", (_, _) =>
        {
            cancel.Cancel();
            _ = force.CancelAsync();
            forever.Wait();
            return Task.CompletedTask;
        });
        RunResult result = await EngineRun.Run(pipeline.Build(), setup => setup with { Cancel = cancel.Token, Force = force.Token }).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.IsType<StageOutcome.Cancelled>(result.Of("deaf"));
        forever.Set();
    }

    [Fact]
    public async Task RunAsync_AlwaysWithMissingInput_IsSkippedAndNamesIt()
    {
        var pipeline = new PipelineBuilder("p");
        var bad = pipeline.Add("bad", (_, _) => Task.FromException<int>(new StageFailedException("no")));
        pipeline.Add("needs it", bad, (_, _, _) => Task.CompletedTask).Always();
        pipeline.Add("waits for it", (_, _) => Task.CompletedTask).After(bad).Always();
        RunResult result = await EngineRun.Run(pipeline.Build());
        Assert.Equal("because 'bad' failed", result.SkipOf("needs it"));
        Assert.IsType<StageOutcome.Succeeded>(result.Of("waits for it"));
    }

    [Fact]
    public async Task RunAsync_AlwaysStageFails_FailsTheRunButStopsAndUndoesNothing()
    {
        var log = new ConcurrentQueue<string>();
        var pipeline = new PipelineBuilder("p");
        var deploy = pipeline.Add("deploy", new Effect("deploy", "prod", log));
        var notify = pipeline.Add("notify", deploy, (_, _, _) => Task.FromException(new StageFailedException("no"))).Always();
        pipeline.Add("smoke", deploy, async (_, _, _) => await Task.Yield());
        RunResult result = await EngineRun.Run(pipeline.Build());
        Assert.IsType<StageOutcome.Succeeded>(result.Of("smoke"));
        Assert.Empty(result.Undos);
        Assert.Equal(1, result.ExitCode);
    }

    [Theory]
    [InlineData(new[] { FailureKind.Failed }, 1)]
    [InlineData(new[] { FailureKind.Usage }, 2)]
    [InlineData(new[] { FailureKind.MissingPrerequisite, FailureKind.MissingPrerequisite }, 3)]
    [InlineData(new[] { FailureKind.MissingPrerequisite, FailureKind.Failed }, 1)]
    [InlineData(new[] { FailureKind.MissingPrerequisite, FailureKind.Usage }, 1)]
    public async Task RunAsync_ExitCode_SaysWhatKindOfFailureItWas(FailureKind[] kinds, int expected)
    {
        int running = 0;
        var all = new TaskCompletionSource();
        var pipeline = new PipelineBuilder("p");
        for (int index = 0; index < kinds.Length; index++)
        {
            FailureKind kind = kinds[index];
            pipeline.Add($"stage {index}", async (_, _) =>
            {
                if (Interlocked.Increment(ref running) == kinds.Length)
                    all.SetResult();
                await all.Task;
                throw new OfKind(kind);
            });
        }

        Assert.Equal(expected, (await EngineRun.Run(pipeline.Build())).ExitCode);
    }

    [Fact]
    public async Task RunAsync_ExceptionWhoseMessageThrows_IsAFailureToo()
    {
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("odd", (_, _) => Task.FromException(new Unreadable()));
        Assert.Contains("Unreadable", (await EngineRun.Run(pipeline.Build()).WaitAsync(TimeSpan.FromSeconds(30))).FailureOf("odd").What, StringComparison.Ordinal);
    }

    private sealed class OfKind(FailureKind kind) : PipelineException("no")
    {
        public override FailureKind Kind => kind;
    }

    private sealed class Unreadable : Exception
    {
        public override string Message => throw new NotSupportedException();
    }
}
