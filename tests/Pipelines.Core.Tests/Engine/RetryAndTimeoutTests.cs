using Pipelines.Testing;

namespace Pipelines.Core.Tests.Engine;

public class RetryAndTimeoutTests
{
    private static readonly TimeSpan Days = TimeSpan.FromDays(2); // AutoAdvance lets shorter waits be over at once

    [Fact]
    public async Task RunAsync_TransientError_IsRetriedAfterWaitsOnTheRunsClock()
    {
        var time = new ManualTime { AutoAdvance = true };
        var recorder = new EngineRun.Recorder();
        int attempts = 0;
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("flaky", (_, _) => ++attempts < 4 ? throw new StageFailedException("502") { Transient = true } : Task.FromResult(attempts))
            .WithTimeout(Days).WithRetry(5, TimeSpan.FromSeconds(8));
        RunResult result = await EngineRun.Run(pipeline.Build(), setup => setup with { Time = time, Observers = [recorder] });
        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Equal(4, result.Stages[0].Attempts);
        RunEvent.StageRetrying[] retries = [.. recorder.Events.OfType<RunEvent.StageRetrying>()];
        Assert.Equal([1, 2, 3], retries.Select(retry => retry.Attempt));
        Assert.All(retries.Zip([8, 16, 30]), pair => Assert.InRange(pair.First.Delay.TotalSeconds, pair.Second / 2.0, pair.Second));
        Assert.All(retries, retry => Assert.Contains(retry.Delay, time.Waits));
    }

    [Fact]
    public async Task RunAsync_TransientErrorEachTime_FailsAfterTheLastAttempt()
    {
        int attempts = 0;
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("down", (_, _) =>
        {
            attempts++;
            return Task.FromException(new HttpRequestException("refused"));
        }).WithTimeout(Days).WithRetry(3);
        RunResult result = await EngineRun.Run(pipeline.Build(), setup => setup with { Time = new ManualTime { AutoAdvance = true } });
        Assert.Equal(3, attempts);
        Assert.Equal("HttpRequestException: refused", result.FailureOf("down").What);
    }

    [Fact]
    public async Task RunAsync_FindingsOrFailingTests_AreNeverRetried()
    {
        int attempts = 0;
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("tests", (_, _) =>
        {
            attempts++;
            return Task.FromException(new StageFailedException("3 tests failed"));
        }).WithRetry(5);
        await EngineRun.Run(pipeline.Build());
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task RunAsync_RetryWaitIsLongerThanTheTimeout_TimesOutAndKeepsTheLastError()
    {
        var time = new ManualTime();
        var recorder = new EngineRun.Recorder();
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("flaky", (_, _) => Task.FromException(new StageFailedException("429") { Transient = true }))
            .WithTimeout(TimeSpan.FromSeconds(5)).WithRetry(new RetryPolicy(9) { Delay = TimeSpan.FromSeconds(60), MaxDelay = TimeSpan.FromSeconds(60) });
        Task<RunResult> running = EngineRun.Run(pipeline.Build(), setup => setup with { Time = time, Observers = [recorder] });
        await Until(() => time.Waits.Count >= 2);
        time.Advance(TimeSpan.FromSeconds(5));
        var timedOut = Assert.IsType<StageOutcome.TimedOut>((await running).Of("flaky"));
        Assert.Equal("429", timedOut.Failure.Evidence);
        Assert.Single(recorder.Events.OfType<RunEvent.StageRetrying>());
    }

    [Fact]
    public async Task RunAsync_TimeIsOver_StageTimedOutOnTheRunsClock()
    {
        var time = new ManualTime();
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("slow", async (_, ct) => await Task.Delay(Timeout.Infinite, ct)).WithTimeout(TimeSpan.FromMinutes(30));
        Task<RunResult> running = EngineRun.Run(pipeline.Build(), setup => setup with { Time = time });
        await Until(() => time.Waits.Count > 0);
        time.Advance(TimeSpan.FromMinutes(30));
        RunResult result = await running;
        var timedOut = Assert.IsType<StageOutcome.TimedOut>(result.Of("slow"));
        Assert.Equal("'slow' was not done after 30 min.", timedOut.Failure.What);
        Assert.Equal(TimeSpan.FromMinutes(30), result.Stages[0].Duration);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task RunAsync_StageSaysWhatItWaitedFor_TheTimeoutRepeatsIt()
    {
        var time = new ManualTime();
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("argo", async (_, ct) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, ct);
            }
            catch (OperationCanceledException)
            {
                throw new StageFailedException("last seen: OutOfSync");
            }
        }).WithTimeout(TimeSpan.FromMinutes(1));
        Task<RunResult> running = EngineRun.Run(pipeline.Build(), setup => setup with { Time = time });
        await Until(() => time.Waits.Count > 0);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("last seen: OutOfSync", Assert.IsType<StageOutcome.TimedOut>((await running).Of("argo")).Failure.Evidence);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_StageIgnoresItsToken_IsGivenUpAfterTheGracePeriod(bool blocks)
    {
        var time = new ManualTime();
        using var forever = new ManualResetEventSlim();
        var never = new TaskCompletionSource();
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("deaf", (context, _) =>
        {
            if (!blocks)
                return never.Task;
            forever.Wait();
            return Task.CompletedTask;
        }).WithTimeout(TimeSpan.FromMinutes(1));
        Task<RunResult> running = EngineRun.Run(pipeline.Build(), setup => setup with { Time = time, GracePeriod = TimeSpan.FromSeconds(7) });
        await Until(() => time.Waits.Count > 0);
        time.Advance(TimeSpan.FromMinutes(1));
        await Until(() => time.Waits.Contains(TimeSpan.FromSeconds(7)));
        Assert.False(running.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(7));
        var timedOut = Assert.IsType<StageOutcome.TimedOut>((await running.WaitAsync(TimeSpan.FromSeconds(30))).Of("deaf"));
        Assert.Contains("did not end within 7 s", timedOut.Failure.Evidence, StringComparison.Ordinal);
        forever.Set();
    }

    [Fact]
    public async Task RunAsync_StageEndsWellWithinTheGracePeriod_Succeeded()
    {
        var time = new ManualTime();
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("finishes", async (_, ct) =>
        {
            await Task.Delay(Timeout.Infinite, ct).ContinueWith(_ => { }, TaskScheduler.Default);
            return 1;
        }).WithTimeout(TimeSpan.FromMinutes(1));
        Task<RunResult> running = EngineRun.Run(pipeline.Build(), setup => setup with { Time = time });
        await Until(() => time.Waits.Count > 0);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.IsType<StageOutcome.Succeeded>((await running).Of("finishes")); // what it did is done, and must be known to undo
    }

    [Fact]
    public async Task RunAsync_StagesTokenCallbackThrows_OnlyThatStageMinds()
    {
        var time = new ManualTime();
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("bad callback", async (_, ct) =>
        {
            await using CancellationTokenRegistration registration = ct.Register(() => throw new InvalidOperationException("thrown in a callback"));
            await Task.Delay(Timeout.Infinite, ct);
        }).WithTimeout(TimeSpan.FromMinutes(1));
        Task<RunResult> running = EngineRun.Run(pipeline.Build(), setup => setup with { Time = time });
        await Until(() => time.Waits.Count > 0);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.IsType<StageOutcome.TimedOut>((await running.WaitAsync(TimeSpan.FromSeconds(30))).Of("bad callback"));
    }

    internal static async Task Until(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
