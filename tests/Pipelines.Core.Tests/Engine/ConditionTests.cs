namespace Pipelines.Core.Tests.Engine;

public class ConditionTests
{
    [Fact]
    public async Task RunAsync_ConditionDoesNotHold_InputIsSkippedWithTheRootNamed()
    {
        var pipeline = new PipelineBuilder("p");
        var publish = pipeline.Add("publish", (_, _) => Task.FromResult(1)).When(run => run.IsCi);
        var next = pipeline.Add("next", publish, (value, _, _) => Task.FromResult(value));
        pipeline.Add("end", next, (_, _, _) => Task.CompletedTask);
        RunResult result = await EngineRun.Run(pipeline.Build());
        Assert.Equal("because its condition does not hold: run => run.IsCi", result.SkipOf("publish"));
        Assert.Equal("because 'publish' was skipped", result.SkipOf("end"));
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task RunAsync_AfterAStageSkippedByCondition_Runs()
    {
        var pipeline = new PipelineBuilder("p");
        var skipped = pipeline.Add("skipped", (_, _) => Task.FromResult(1)).When(false);
        var becauseOfIt = pipeline.Add("because of it", skipped, (_, _, _) => Task.CompletedTask);
        pipeline.Add("after", (_, _) => Task.CompletedTask).After(skipped, becauseOfIt);
        Assert.IsType<StageOutcome.Succeeded>((await EngineRun.Run(pipeline.Build())).Of("after"));
    }

    [Fact]
    public async Task RunAsync_SeveralConditions_TheFirstThatFailsIsNamed()
    {
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("a", (_, _) => Task.CompletedTask).When(true).When(Condition.OnCi).When(Condition.Not(Condition.Live));
        Assert.Equal("because its condition does not hold: the run is on a CI system", (await EngineRun.Run(pipeline.Build())).SkipOf("a"));
    }

    [Fact]
    public async Task RunAsync_ConditionThrows_TheStageFailsAndNamesTheCondition()
    {
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("a", (_, _) => Task.CompletedTask).When(run => run.Source!.Branch == "main");
        RunResult result = await EngineRun.Run(pipeline.Build());
        Failure failure = result.FailureOf("a");
        Assert.Equal("The condition of 'a' failed: run => run.Source!.Branch == \"main\"", failure.What);
        Assert.Contains("NullReferenceException", failure.Evidence, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task RunAsync_StageWaitsForAJob_ItsConditionIsAskedRightBeforeItStarts()
    {
        bool firstIsDone = false;
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("first", async (_, _) =>
        {
            await Task.Yield();
            firstIsDone = true;
        });
        pipeline.Add("second", (_, _) => Task.CompletedTask).When(_ => firstIsDone);
        RunResult result = await EngineRun.Run(pipeline.Build(), setup => setup with { Jobs = 1 });
        Assert.IsType<StageOutcome.Succeeded>(result.Of("second"));
    }

    [Fact]
    public async Task RunAsync_EveryStageRefused_Ends()
    {
        var pipeline = new PipelineBuilder("p");
        var a = pipeline.Add("a", (_, _) => Task.FromResult(1)).When(false).Always();
        pipeline.Add("b", (_, _) => Task.FromResult(1)).After(a).When(false);
        RunResult result = await EngineRun.Run(pipeline.Build()).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.All(result.Stages, stage => Assert.IsType<StageOutcome.Skipped>(stage.Outcome));
        Assert.Equal(RunStatus.Succeeded, result.Status);
    }
}
