using System.Diagnostics;

namespace Pipelines.Core.Tests.Engine;

public class GraphTests
{
    [Fact]
    public async Task RunAsync_DataFlows_ThroughTypedHandles()
    {
        var pipeline = new PipelineBuilder("p");
        var one = pipeline.Add("one", (_, _) => Task.FromResult(1));
        var two = pipeline.Add("two", one, (value, _, _) => Task.FromResult(value + 1));
        int seen = 0;
        pipeline.Add("sum", one, two, (a, b, _, _) =>
        {
            seen = a + b;
            return Task.CompletedTask;
        });
        RunResult result = await EngineRun.Run(pipeline.Build());
        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Equal(3, seen);
    }

    [Fact]
    public async Task RunAsync_SameInputTwice_TakesItTwice()
    {
        var pipeline = new PipelineBuilder("p");
        var one = pipeline.Add("one", (_, _) => Task.FromResult(2));
        int seen = 0;
        pipeline.Add("square", one, one, (a, b, _, _) => Task.FromResult(seen = a * b));
        Assert.Equal(0, (await EngineRun.Run(pipeline.Build())).ExitCode);
        Assert.Equal(4, seen);
    }

    [Fact]
    public async Task RunAsync_NullOutput_IsHandedOn()
    {
        var pipeline = new PipelineBuilder("p");
        var none = pipeline.Add("none", (_, _) => Task.FromResult<string?>(null));
        bool sawNull = false;
        pipeline.Add("look", none, (value, _, _) => Task.FromResult(sawNull = value is null));
        await EngineRun.Run(pipeline.Build());
        Assert.True(sawNull);
    }

    [Theory] // bullseye PR#619: an exponential walk never halted
    [InlineData(30)]
    [InlineData(300)]
    public async Task RunAsync_DiamondsManyLevelsDeep_IsInstant(int levels)
    {
        var watch = Stopwatch.StartNew();
        int runs = 0;
        var pipeline = new PipelineBuilder("p");
        StageHandle<int> top = pipeline.Add("top", (_, _) => Task.FromResult(Interlocked.Increment(ref runs)));
        for (int level = 0; level < levels; level++)
        {
            var left = pipeline.Add($"left {level}", top, (value, _, _) => Task.FromResult(Interlocked.Increment(ref runs)));
            var right = pipeline.Add($"right {level}", top, (value, _, _) => Task.FromResult(Interlocked.Increment(ref runs)));
            top = pipeline.Add($"join {level}", left, right, (a, b, _, _) => Task.FromResult(Interlocked.Increment(ref runs)));
        }

        RunResult result = await EngineRun.Run(pipeline.Build());
        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Equal(1 + (3 * levels), runs);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact] // bullseye#626: it ran twice, in parallel
    public async Task RunAsync_StageThatTwoOthersNeed_RunsOnce()
    {
        int runs = 0;
        var pipeline = new PipelineBuilder("p");
        var shared = pipeline.Add("shared", async (_, _) =>
        {
            await Task.Yield();
            return Interlocked.Increment(ref runs);
        });
        for (int index = 0; index < 50; index++)
            pipeline.Add($"needs it {index}", shared, (_, _, _) => Task.CompletedTask);
        await EngineRun.Run(pipeline.Build(), setup => setup with { Jobs = 16 });
        Assert.Equal(1, runs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_TenThousandStages_NeitherOverflowsNorCrawls(bool chain)
    {
        var watch = Stopwatch.StartNew();
        var pipeline = new PipelineBuilder("p");
        StageHandle<Unit>? last = null;
        for (int index = 0; index < 10_000; index++)
        {
            var stage = pipeline.Add($"stage {index}", (_, _) => Task.CompletedTask);
            if (chain && last is not null)
                stage.After(last);
            last = stage;
        }

        RunResult result = await EngineRun.Run(pipeline.Build());
        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_FirstOfTenThousandFails_TheRestIsSkippedWithoutOverflow(bool chain)
    {
        var watch = Stopwatch.StartNew();
        var pipeline = new PipelineBuilder("p");
        StageHandle<Unit> first = pipeline.Add("first", (_, _) => Task.FromException(new StageFailedException("no")));
        StageHandle<Unit> last = first;
        for (int index = 0; index < 10_000; index++)
            last = pipeline.Add($"stage {index}", (_, _) => Task.CompletedTask).After(chain ? last : first);
        RunResult result = await EngineRun.Run(pipeline.Build());
        Assert.Equal("because 'first' failed", result.SkipOf("stage 9999"));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
    }

    [Fact]
    public async Task RunAsync_StageFails_DependentsAreSkippedBecauseOfTheRoot()
    {
        var pipeline = new PipelineBuilder("p");
        var bad = pipeline.Add("bad", (_, _) => Task.FromException<int>(new StageFailedException("no")));
        var middle = pipeline.Add("middle", bad, (value, _, _) => Task.FromResult(value));
        pipeline.Add("end", middle, (_, _, _) => Task.CompletedTask);
        RunResult result = await EngineRun.Run(pipeline.Build());
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("because 'bad' failed", result.SkipOf("end"));
    }

    [Fact]
    public async Task RunAsync_SkippedAndFailedInput_TheFailureIsNamed()
    {
        var pipeline = new PipelineBuilder("p");
        var skipped = pipeline.Add("skipped", (_, _) => Task.FromResult(1)).When(false);
        var bad = pipeline.Add("bad", (_, _) => Task.FromException<int>(new StageFailedException("no")));
        pipeline.Add("both", skipped, bad, (_, _, _, _) => Task.CompletedTask);
        Assert.Equal("because 'bad' failed", (await EngineRun.Run(pipeline.Build())).SkipOf("both"));
    }

    [Fact]
    public async Task RunAsync_Selection_RunsWhatItNeedsAndNothingElse()
    {
        var pipeline = new PipelineBuilder("p");
        var one = pipeline.Add("one", (_, _) => Task.FromResult(1));
        pipeline.Add("two", one, (_, _, _) => Task.CompletedTask);
        pipeline.Add("three", one, (_, _, _) => Task.CompletedTask);
        PipelinePlan plan = pipeline.Build();
        RunResult result = await EngineRun.Run(plan, setup => setup with { Selection = [plan.Stages[1]] });
        Assert.IsType<StageOutcome.Succeeded>(result.Of("one"));
        Assert.IsType<StageOutcome.Succeeded>(result.Of("two"));
        Assert.Equal("because --stage or --from selected others", result.SkipOf("three"));
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task AddMatrix_GatherAndAfter_TakeEveryCaseInOrder()
    {
        IReadOnlyList<string> seen = [];
        int after = 0;
        var pipeline = new PipelineBuilder("p");
        var handles = pipeline.AddMatrix("test", ["3.11", "3.12", "3.13"], version => new Says(version));
        var all = pipeline.Gather("all", handles);
        pipeline.Add("see", all, (values, _, _) =>
        {
            seen = values;
            return Task.CompletedTask;
        });
        pipeline.Add("after", (_, _) => Task.FromResult(after++)).After(handles);
        PipelinePlan plan = pipeline.Build();
        Assert.Equal(["test (3.11)", "test (3.12)", "test (3.13)", "all", "see", "after"], plan.Stages.Select(stage => stage.Name));
        Assert.Equal(0, (await EngineRun.Run(plan)).ExitCode);
        Assert.Equal(["3.11", "3.12", "3.13"], seen);
        Assert.Equal(1, after);
    }

    [Fact]
    public async Task RunAsync_NullInsteadOfATask_SaysWhatToDo()
    {
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("null", (_, _) => (Task<int>)null!);
        Failure failure = (await EngineRun.Run(pipeline.Build())).FailureOf("null");
        Assert.Equal("The stage returned null instead of a task.", failure.What);
        Assert.Contains("Task.FromResult", failure.Advice, StringComparison.Ordinal);
    }

    private sealed record Says(string Word) : IStage<string>
    {
        public Task<string> RunAsync(StageContext context, CancellationToken cancellationToken) => Task.FromResult(Word);
    }
}
