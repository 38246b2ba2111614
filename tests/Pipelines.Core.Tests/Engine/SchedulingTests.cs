using System.Collections.Concurrent;
using System.Diagnostics;

namespace Pipelines.Core.Tests.Engine;

public class SchedulingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task RunAsync_Jobs_AreNeverExceededAndAlwaysUsed(int jobs)
    {
        int running = 0, most = 0;
        var pipeline = new PipelineBuilder("p");
        for (int index = 0; index < 40; index++)
        {
            pipeline.Add($"stage {index}", async (_, _) =>
            {
                int now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Delay(2);
                Interlocked.Decrement(ref running);
            });
        }

        await EngineRun.Run(pipeline.Build(), setup => setup with { Jobs = jobs });
        Assert.Equal(jobs, most);
    }

    [Fact]
    public async Task RunAsync_ExpectedDurations_LongestPathStartsFirst()
    {
        var started = new ConcurrentQueue<string>();
        var pipeline = new PipelineBuilder("p");
        Add("short");
        var middle = Add("middle");
        Add("long");
        Add("middle's end").After(middle);
        var expected = new Dictionary<string, TimeSpan>
        {
            ["short"] = TimeSpan.FromSeconds(1),
            ["middle"] = TimeSpan.FromSeconds(2),
            ["middle's end"] = TimeSpan.FromSeconds(60),
            ["long"] = TimeSpan.FromSeconds(30),
        };
        PipelinePlan plan = pipeline.Build();
        await EngineRun.Run(plan, setup => setup with { Jobs = 1, ExpectedDurations = [.. plan.Stages.Select(stage => expected[stage.Name])] });
        Assert.Equal(["middle", "middle's end", "long", "short"], started);

        StageHandle<Unit> Add(string name) => pipeline.Add(name, (_, _) =>
        {
            started.Enqueue(name);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task RunAsync_NothingExpected_StartsInTheOrderOfTheScript()
    {
        var started = new ConcurrentQueue<string>();
        var pipeline = new PipelineBuilder("p");
        for (int index = 0; index < 20; index++)
        {
            string name = $"stage {index}";
            pipeline.Add(name, (_, _) =>
            {
                started.Enqueue(name);
                return Task.CompletedTask;
            });
        }

        await EngineRun.Run(pipeline.Build(), setup => setup with { Jobs = 1 });
        Assert.Equal(Enumerable.Range(0, 20).Select(index => $"stage {index}"), started);
    }

    [Fact]
    public async Task RunAsync_OneLock_OneStageAtATime()
    {
        int inside = 0;
        var pipeline = new PipelineBuilder("p");
        for (int index = 0; index < 20; index++)
        {
            pipeline.Add($"stage {index}", async (_, _) =>
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }).Lock("environment/prod");
        }

        Assert.Equal(RunStatus.Succeeded, (await EngineRun.Run(pipeline.Build(), setup => setup with { Jobs = 8 })).Status);
    }

    [Fact]
    public async Task RunAsync_LocksTakenInOppositeOrder_NeverDeadlock()
    {
        var pipeline = new PipelineBuilder("p");
        for (int index = 0; index < 50; index++)
        {
            var stage = pipeline.Add($"stage {index}", async (_, _) => await Task.Yield());
            _ = (index % 3) switch { 0 => stage.Lock("a").Lock("b"), 1 => stage.Lock("b").Lock("a").Lock("c"), _ => stage.Lock("c").Lock("b") };
        }

        Task<RunResult> run = EngineRun.Run(pipeline.Build(), setup => setup with { Jobs = 8 });
        Assert.Equal(RunStatus.Succeeded, (await run.WaitAsync(TimeSpan.FromSeconds(30))).Status);
    }

    [Fact]
    public async Task RunAsync_TenThousandStagesWithOneLock_IsNotQuadratic()
    {
        var watch = Stopwatch.StartNew();
        var pipeline = new PipelineBuilder("p");
        for (int index = 0; index < 10_000; index++)
            pipeline.Add($"stage {index}", (_, _) => Task.CompletedTask).Lock("one");
        Assert.Equal(RunStatus.Succeeded, (await EngineRun.Run(pipeline.Build(), setup => setup with { Jobs = 8 })).Status);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task RunAsync_FailureWhileOthersWaitForALock_TheyAreSkippedButAlwaysStagesRun()
    {
        var pipeline = new PipelineBuilder("p");
        var holding = new TaskCompletionSource();
        pipeline.Add("holds", (_, _) => holding.Task).Lock("x");
        pipeline.Add("waits", (_, _) => Task.CompletedTask).Lock("x");
        pipeline.Add("clean-up", (_, _) => Task.CompletedTask).Lock("x").Always();
        pipeline.Add("fails", async (_, _) =>
        {
            await Task.Yield();
            throw new StageFailedException("no");
        });
        var recorder = new EngineRun.Recorder();
        Task<RunResult> running = EngineRun.Run(pipeline.Build(), setup => setup with { Observers = [recorder] });
        while (!recorder.Events.Any(one => one is RunEvent.StageEnded { Stage.Name: "waits" }))
            await Task.Yield();
        holding.SetResult();
        RunResult result = await running;
        Assert.Equal("because the run stopped after 'fails' failed", result.SkipOf("waits"));
        Assert.IsType<StageOutcome.Succeeded>(result.Of("holds"));
        Assert.IsType<StageOutcome.Succeeded>(result.Of("clean-up"));
    }

    [Fact]
    public async Task RunAsync_ConditionRefusesTheNextInLine_TheLockGoesToTheOneAfter()
    {
        var pipeline = new PipelineBuilder("p");
        var first = pipeline.Add("first", async (_, _) => await Task.Yield()).Lock("x");
        pipeline.Add("refused", (_, _) => Task.CompletedTask).Lock("x").When(false);
        pipeline.Add("last", (_, _) => Task.CompletedTask).Lock("x");
        RunResult result = await EngineRun.Run(pipeline.Build()).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.IsType<StageOutcome.Succeeded>(result.Of("last"));
        Assert.IsType<StageOutcome.Skipped>(result.Of("refused"));
    }

    [Fact]
    public async Task RunAsync_StagesThatBlockWithoutAwait_StillRunBesideEachOther()
    {
        using var both = new Barrier(2);
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("one", (_, _) => Task.FromResult(both.SignalAndWait(TimeSpan.FromSeconds(30))));
        pipeline.Add("two", (_, _) => Task.FromResult(both.SignalAndWait(TimeSpan.FromSeconds(30))));
        Assert.Equal(RunStatus.Succeeded, (await EngineRun.Run(pipeline.Build())).Status);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref target)))
            Interlocked.CompareExchange(ref target, value, seen);
    }
}
