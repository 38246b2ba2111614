using Pipelines.Core.Engine.Journal;

namespace Pipelines.Core.Tests.Engine.Journal;

public sealed class EffectTests : IDisposable
{
    private readonly JournaledRun _run = new();
    private readonly Outside _outside = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task EffectAsync_Done_IsKeptBeforeAndAfter()
    {
        await _run.StartAsync(Blind());
        Assert.Equal(["run", "effect-began", "effect-ended", "stage", "end"], _run.Records);
        Assert.Contains("\"effect\":\"post\",\"details\":\"there\"", _run.Lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 2, "whether it was done is not known")] // only the kill knows
    [InlineData(3, 1, "is not done again")]
    public async Task EffectAsync_ThatCannotBeLookedUp_IsDoneAgainOnlyWhereNobodyKnows(int records, int times, string said)
    {
        PipelinePlan plan = Blind();
        await _run.StartAsync(plan);
        await _run.ResumeAsync(plan, records);
        Assert.Equal(times, _outside.Times("post"));
        Assert.Contains(_run.Events.Events, told => told is RunEvent.StageLogged logged && logged.Text.Contains(said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, 1, "and it was done")]
    [InlineData(false, 2, "and it was not done")]
    public async Task EffectAsync_HalfDone_AsksTheOutsideAndSaysWhatItSaw(bool isThere, int times, string said)
    {
        var pipeline = new PipelineBuilder("p");
        bool asked = false;
        pipeline.Add("push", (context, cancellationToken) => context.EffectAsync(
            "push",
            "there",
            _ => Task.FromResult(asked && isThere ? "digest" : null),
            _ =>
            {
                _outside.Done.AddOrUpdate("push", 1, (_, before) => before + 1);
                return Task.FromResult("digest");
            },
            cancellationToken));
        PipelinePlan plan = pipeline.Build();
        await _run.StartAsync(plan);
        asked = true;
        await _run.ResumeAsync(plan, 2);
        Assert.Equal(times, _outside.Times("push"));
        Assert.Contains(_run.Events.Events, told => told is RunEvent.StageLogged logged && logged.Text.Contains(said, StringComparison.Ordinal));
        Assert.Equal(["run", "effect-began", "resumed", .. isThere ? (string[])[] : ["effect-began"], "effect-ended", "stage", "end"], _run.Records);
    }

    [Fact]
    public async Task EffectAsync_TriedAgainInOneRun_IsToldThatItMayBeDone()
    {
        var told = new List<bool>();
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("push", (context, cancellationToken) => context.EffectAsync(
            "push",
            "there",
            (mayBeDone, _) =>
            {
                told.Add(mayBeDone);
                return Task.FromResult<string?>(null);
            },
            _ => told.Count == 1 ? throw new StageFailedException("the answer was lost") { Transient = true } : Task.FromResult("digest"),
            cancellationToken)).WithRetry(2, TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, (await _run.StartAsync(pipeline.Build())).ExitCode);
        Assert.Equal([false, true], told);
    }

    [Fact]
    public async Task EffectAsync_DiskIsFull_IsNotDoneAndTheRunSaysSo()
    {
        _run.Watch = new JournalWatch { Open = _ => new FailingStream(1) }; // the first record fits
        RunResult result = await _run.StartAsync(Blind());
        Failure failure = result.FailureOf("tell");
        Assert.Contains("'post' was not done", failure.What, StringComparison.Ordinal);
        Assert.Contains("No space left on device", failure.Evidence, StringComparison.Ordinal);
        Assert.Contains("resume", failure.Advice, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(_outside.Done);
    }

    [Fact]
    public async Task EffectAsync_DiskFillsUpAfterADeployment_StopsBeforeTheNextEffectAndStillTakesItBack()
    {
        var pipeline = new PipelineBuilder("p");
        var start = pipeline.Add("start", (_, _) => Task.FromResult("s"));
        var deploy = pipeline.Add<string, string>("deploy", new Outside.Deploy(_outside), start);
        pipeline.Add("tell", deploy, (_, context, cancellationToken) => _outside.DoBlindlyAsync("post", context, cancellationToken));
        _run.Watch = new JournalWatch { Open = _ => new FailingStream(4) }; // the deployment is the last that fits
        RunResult result = await _run.StartAsync(pipeline.Build());
        Assert.Equal(["deploy staging", "revert staging"], _outside.Done.Keys.Order());
        Assert.Contains("'post' was not done", result.FailureOf("tell").What, StringComparison.Ordinal);
        Assert.True(Assert.Single(result.Undos).Report!.Changed);
        Assert.Contains("stops before its next outside effect", Assert.Single(_run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EffectAsync_DiskIsFullAndNoEffectIsLeft_WarnsAndSucceeds()
    {
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("quiet", (_, _) => Task.CompletedTask);
        _run.Watch = new JournalWatch { Open = _ => new FailingStream(1) };
        Assert.Equal(0, (await _run.StartAsync(pipeline.Build())).ExitCode);
        Assert.Contains("No space left on device", Assert.Single(_run.Warnings), StringComparison.Ordinal);
    }

    private PipelinePlan Blind()
    {
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("tell", (context, cancellationToken) => _outside.DoBlindlyAsync("post", context, cancellationToken));
        return pipeline.Build();
    }
}
