namespace Pipelines.Core.Tests.Engine.Journal;

/// <summary>SIGTERM, as the engine sees it, with a journal.</summary>
public sealed class CancelTests : IDisposable
{
    private readonly JournaledRun _run = new();
    private readonly Outside _outside = new();
    private readonly CancellationTokenSource _cancel = new();
    private bool _waits = true;

    public void Dispose()
    {
        _run.Dispose();
        _cancel.Dispose();
    }

    [Fact]
    public async Task RunAsync_CancelledToLeave_UndoesNothingAndGoesOnFromThere()
    {
        PipelinePlan plan = Plan();
        RunResult cancelled = await _run.StartAsync(plan, setup => setup with { Cancel = _cancel.Token, LeavesOnCancel = true });
        Assert.Equal((RunStatus.Cancelled, 130), (cancelled.Status, cancelled.ExitCode));
        Assert.Empty(cancelled.Undos);
        _waits = false;
        RunResult resumed = await _run.ResumeAsync(plan);
        Assert.Equal(RunStatus.Succeeded, resumed.Status);
        Assert.IsType<StageOutcome.Restored>(resumed.Of("deploy"));
        Assert.Equal((1, 0), (_outside.Times("deploy staging"), _outside.Times("revert staging")));
    }

    [Fact]
    public async Task RunAsync_CancelledToUndo_IsDeployedAgainWhenItGoesOn()
    {
        PipelinePlan plan = Plan();
        RunResult cancelled = await _run.StartAsync(plan, setup => setup with { Cancel = _cancel.Token });
        Assert.Equal("deploy", Assert.Single(cancelled.Undos).Stage);
        _waits = false;
        _outside.Done.Clear();
        RunResult resumed = await _run.ResumeAsync(plan);
        Assert.Equal(RunStatus.Succeeded, resumed.Status);
        Assert.IsType<StageOutcome.Succeeded>(resumed.Of("deploy"));
        Assert.Equal(1, _outside.Times("deploy staging"));
    }

    [Theory] // the host's patience ends, and it kills: before the undo, in the middle of it, after it
    [InlineData("cancel")]
    [InlineData("undo-began")]
    [InlineData("undo-ended")]
    public async Task Resume_KilledWhileItWasCancelled_FinishesTheUndoOnceAndIsCancelled(string last)
    {
        PipelinePlan plan = Plan();
        await _run.StartAsync(plan, setup => setup with { Cancel = _cancel.Token });
        _waits = false;
        RunResult resumed = await _run.ResumeAsync(plan, Array.IndexOf(_run.Records, last) + 1);
        Assert.Equal(RunStatus.Cancelled, resumed.Status);
        Assert.True(_run.Resumption!.WasCancelled);
        Assert.Equal("deploy", Assert.Single(resumed.Undos).Stage);
        Assert.Equal((1, 1), (_outside.Times("deploy staging"), _outside.Times("revert staging")));

        _outside.Done.Clear(); // and once more: now it goes on
        Assert.Equal(RunStatus.Succeeded, (await _run.ResumeAsync(plan)).Status);
        Assert.False(_run.Resumption!.WasCancelled);
        Assert.Equal(["deploy staging"], _outside.Done.Keys);
    }

    [Fact]
    public async Task RunAsync_FailureAndThenCancelledToLeave_StillUndoesWhatFailed()
    {
        var pipeline = new PipelineBuilder("p");
        var start = pipeline.Add("start", (_, _) => Task.FromResult("s"));
        var deploy = pipeline.Add<string, string>("deploy", new Outside.Deploy(_outside), start);
        pipeline.Add("smoke", deploy, (_, _, _) => throw new StageFailedException("503"));
        pipeline.Add("long", async (context, cancellationToken) =>
        {
            await RetryAndTimeoutTests.Until(() => _run.Events.Events.Any(told => told is RunEvent.StageEnded { Stage.Name: "smoke" }));
            await _cancel.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken);
        });
        RunResult result = await _run.StartAsync(pipeline.Build(), setup => setup with { Cancel = _cancel.Token, LeavesOnCancel = true, Jobs = 2 });
        Assert.Equal(RunStatus.Cancelled, result.Status);
        Assert.Equal("smoke", Assert.Single(result.Undos).Because);
        Assert.Equal(1, _outside.Times("revert staging"));
    }

    private PipelinePlan Plan()
    {
        var pipeline = new PipelineBuilder("p");
        var start = pipeline.Add("start", (_, _) => Task.FromResult("s"));
        var deploy = pipeline.Add<string, string>("deploy", new Outside.Deploy(_outside), start);
        pipeline.Add("smoke", deploy, async (_, context, cancellationToken) =>
        {
            if (!_waits)
                return;
            await _cancel.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken);
        });
        return pipeline.Build();
    }
}
