using System.Collections.Concurrent;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Engine;

public class UndoTests
{
    private readonly ConcurrentQueue<string> _log = new();

    [Fact]
    public async Task RunAsync_LaterStageOfTheEnvironmentFails_UndoesNewestFirstEachOnce()
    {
        var pipeline = new PipelineBuilder("p");
        var first = pipeline.Add("first", Effect("first"));
        var second = pipeline.Add<int, int>("second", Effect("second"), first);
        pipeline.Add("smoke", second, Fails);
        RunResult result = await EngineRun.Run(pipeline.Build());
        Assert.Equal(["undo second", "undo first"], _log);
        Assert.Equal(["second", "first"], result.Undos.Select(undo => undo.Stage));
        Assert.Equal("smoke", result.Undos[0].Because);
        Assert.Equal("second is as it was", result.Undos[0].Report!.Summary);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task RunAsync_ProdFails_StagingStays()
    {
        var pipeline = new PipelineBuilder("p");
        var staging = pipeline.Add("deploy staging", Effect("staging", "staging"));
        var proven = pipeline.Add("smoke staging", staging, (value, _, _) => Task.FromResult(value));
        var prod = pipeline.Add<int, int>("deploy prod", Effect("prod"), proven);
        pipeline.Add("smoke prod", prod, Fails);
        RunResult result = await EngineRun.Run(pipeline.Build());
        Assert.Equal(["undo prod"], _log);
        Assert.Equal("smoke prod", Assert.Single(result.Undos).Because);
    }

    [Fact]
    public async Task RunAsync_IndependentEffectOfTheEnvironment_Stays()
    {
        var pipeline = new PipelineBuilder("p");
        var broken = pipeline.Add("deploy a", Effect("a"));
        var fine = pipeline.Add("deploy b", Effect("b"));
        pipeline.Add("smoke b", fine, (_, _, _) => Task.CompletedTask);
        var recorder = new EngineRun.Recorder();
        pipeline.Add("smoke a", broken, async (_, _, _) =>
        {
            await RetryAndTimeoutTests.Until(() => recorder.Events.Any(one => one is RunEvent.StageEnded { Stage.Name: "smoke b" }));
            throw new StageFailedException("503");
        });
        await EngineRun.Run(pipeline.Build(), setup => setup with { Observers = [recorder] });
        Assert.Equal(["undo a"], _log);
    }

    [Fact]
    public async Task RunAsync_CheckIsSkippedByItsCondition_NothingIsUndone()
    {
        var pipeline = new PipelineBuilder("p");
        var deploy = pipeline.Add("deploy", Effect("prod"));
        var smoke = pipeline.Add("smoke", deploy, (value, _, _) => Task.FromResult(value)).When(false);
        pipeline.Add("after smoke", smoke, (_, _, _) => Task.CompletedTask);
        pipeline.Add("fails elsewhere", async (_, _) =>
        {
            await Task.Yield();
            throw new StageFailedException("no");
        }).After(deploy);
        RunResult result = await EngineRun.Run(pipeline.Build());
        Assert.Equal(RunStatus.Failed, result.Status);
        Assert.Empty(_log);
    }

    [Fact]
    public async Task RunAsync_FailureElsewhereKeepsTheCheckFromRunning_TheUnprovenDeployIsUndone()
    {
        var pipeline = new PipelineBuilder("p");
        var deploy = pipeline.Add("deploy", Effect("prod"));
        var fails = pipeline.Add("lint", Fails0).After(deploy);
        pipeline.Add("smoke", deploy, (_, _, _) => Task.CompletedTask).After(fails);
        RunResult result = await EngineRun.Run(pipeline.Build());
        Assert.Equal(["undo deploy of prod"], _log.Select(line => line.Replace("undo prod", "undo deploy of prod", StringComparison.Ordinal)));
        Assert.Equal("lint", Assert.Single(result.Undos).Because);
    }

    [Fact] // kargo#3258: a failing check that blocks the rollback for ten minutes
    public async Task RunAsync_UnrelatedLongStageStillRuns_UndoStartsAtOnce()
    {
        var longStage = new TaskCompletionSource();
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("long", (_, _) => longStage.Task);
        var deploy = pipeline.Add("deploy", Effect("prod"));
        pipeline.Add("smoke", deploy, Fails);
        var recorder = new EngineRun.Recorder();
        Task<RunResult> running = EngineRun.Run(pipeline.Build(), setup => setup with { Observers = [recorder], Jobs = 2 });
        await RetryAndTimeoutTests.Until(() => recorder.Events.Any(one => one is RunEvent.UndoEnded));
        Assert.DoesNotContain(recorder.Events, one => one is RunEvent.StageEnded { Stage.Name: "long" });
        longStage.SetResult();
        Assert.IsType<StageOutcome.Succeeded>((await running).Of("long"));
    }

    [Fact]
    public async Task RunAsync_StageOfTheEnvironmentStillRuns_UndoWaitsForItAndAlwaysStagesWaitForTheUndo()
    {
        var second = new TaskCompletionSource<int>();
        var pipeline = new PipelineBuilder("p");
        var deploy = pipeline.Add("deploy", Effect("prod"));
        pipeline.Add("still at work", deploy, (_, _, _) => second.Task);
        var smoke = pipeline.Add("smoke", deploy, Fails);
        pipeline.Add("notify", (_, _) =>
        {
            _log.Enqueue("notify");
            return Task.CompletedTask;
        }).After(smoke).Always();
        var recorder = new EngineRun.Recorder();
        Task<RunResult> running = EngineRun.Run(pipeline.Build(), setup => setup with { Observers = [recorder] });
        await RetryAndTimeoutTests.Until(() => recorder.Events.Any(one => one is RunEvent.StageEnded { Stage.Name: "smoke" }));
        Assert.Empty(_log);
        second.SetResult(1);
        await running;
        Assert.Equal(["undo prod", "notify"], _log);
    }

    [Fact]
    public async Task RunAsync_UndoFails_IsReportedAndTheOthersAreStillUndone()
    {
        RunResult result = await RunThree((_, _) => throw new StageFailedException("the repository is gone", "404", "Look."));
        Assert.Equal(["undo third", "undo first"], _log);
        Assert.Equal(["third", "second", "first"], result.Undos.Select(undo => undo.Stage));
        Assert.Equal("the repository is gone", result.Undos[1].Failure!.What);
        Assert.Null(result.Undos[1].Report);
    }

    [Fact]
    public async Task RunAsync_UndoMeetsTransientErrors_IsTriedAgain()
    {
        int attempts = 0;
        RunResult result = await RunThree((_, _) => ++attempts < 3 ? throw new HttpRequestException("reset") : Task.CompletedTask);
        Assert.Equal(["undo third", "undo second", "undo first"], _log);
        Assert.All(result.Undos, undo => Assert.Null(undo.Failure));
        Assert.Equal(3, attempts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_UndoHangs_IsGivenUpAndTheOthersAreStillUndone(bool blocks)
    {
        using var forever = new ManualResetEventSlim();
        var never = new TaskCompletionSource();
        RunResult result = await RunThree((_, _) =>
        {
            if (!blocks)
                return never.Task;
            forever.Wait();
            return Task.CompletedTask;
        });
        forever.Set();
        Assert.Equal(["third", "second", "first"], result.Undos.Select(undo => undo.Stage));
        Assert.Equal("The undo of 'second' was given up: it was not done after 2 min.", result.Undos[1].Failure!.What);
        Assert.Contains("may still stand in 'prod'", result.Undos[1].Failure!.Advice, StringComparison.Ordinal);
        Assert.Null(result.Undos[0].Failure);
        Assert.Null(result.Undos[2].Failure);
    }

    [Fact]
    public async Task RunAsync_LockOfTheEffectIsHeldElsewhere_UndoWaitsForIt()
    {
        var holding = new TaskCompletionSource();
        var pipeline = new PipelineBuilder("p");
        var deploy = pipeline.Add("deploy", Effect("prod")).Lock("manifests");
        pipeline.Add("holds the lock", async (_, _) =>
        {
            await holding.Task;
            _log.Enqueue("released");
        }).After(deploy).Lock("manifests");
        pipeline.Add("smoke", deploy, async (_, _, _) =>
        {
            await Task.Yield();
            throw new StageFailedException("503");
        });
        var recorder = new EngineRun.Recorder();
        Task<RunResult> running = EngineRun.Run(pipeline.Build(), setup => setup with { Observers = [recorder] });
        await RetryAndTimeoutTests.Until(() => recorder.Events.Any(one => one is RunEvent.StageEnded { Stage.Name: "smoke" }));
        holding.SetResult();
        await running.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["released", "undo prod"], _log);
    }

    [Fact]
    public async Task RunAsync_EverythingSucceeds_NothingIsUndone()
    {
        var pipeline = new PipelineBuilder("p");
        var deploy = pipeline.Add("deploy", Effect("prod"));
        pipeline.Add("smoke", deploy, (_, _, _) => Task.CompletedTask);
        Assert.Equal(0, (await EngineRun.Run(pipeline.Build())).ExitCode);
        Assert.Empty(_log);
    }

    private Effect Effect(string id, string environment = "prod") => new(id, environment, _log);

    private Task<RunResult> RunThree(Func<StageContext, CancellationToken, Task> undoingTheSecond)
    {
        var pipeline = new PipelineBuilder("p");
        var first = pipeline.Add("first", Effect("first")).WithTimeout(TimeSpan.FromDays(2));
        var second = pipeline.Add<int, int>("second", Effect("second") with { Undoing = undoingTheSecond }, first).WithTimeout(TimeSpan.FromDays(2));
        var third = pipeline.Add<int, int>("third", Effect("third"), second).WithTimeout(TimeSpan.FromDays(2));
        pipeline.Add("smoke", third, Fails).WithTimeout(TimeSpan.FromDays(2));
        return EngineRun.Run(pipeline.Build(), setup => setup with { Time = new HurriedTime(), UndoTimeout = TimeSpan.FromMinutes(2) }).WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static Task Fails(int input, StageContext context, CancellationToken cancellationToken) => Task.FromException(new StageFailedException("503"));

    private static Task Fails0(StageContext context, CancellationToken cancellationToken) => Task.FromException(new StageFailedException("no"));

    /// <summary>The system's clock with every wait a hundredth as long.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Hurried(System.CreateTimer(callback, state, Shorter(dueTime), period));

        private static TimeSpan Shorter(TimeSpan wait) => wait == Timeout.InfiniteTimeSpan ? wait : wait / 100;

        private sealed class Hurried(ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Shorter(dueTime), period);

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
