using Pipelines.Core.Model;

namespace Pipelines.Core.Tests.Engine;

public class EventTests
{
    [Fact]
    public async Task RunAsync_Events_AreCompleteAndInOrder()
    {
        var recorder = new EngineRun.Recorder();
        var pipeline = new PipelineBuilder("p");
        var one = pipeline.Add("one", (context, _) =>
        {
            context.Log.Info("first\nsecond\r\nthird");
            context.Report("image", "order-service:1");
            return Task.FromResult(1);
        });
        pipeline.Add("two", one, (_, _, _) => Task.CompletedTask).When(false);
        await EngineRun.Run(pipeline.Build(), setup => setup with { Observers = [recorder] });
        Assert.Equal(
            ["RunStarted", "StageStarted one", "first", "second", "third", "image=order-service:1", "StageEnded one", "StageEnded two", "RunEnded"],
            recorder.Events.Select(one => one switch
            {
                RunEvent.StageStarted started => "StageStarted " + started.Stage,
                RunEvent.StageLogged logged => logged.Text,
                RunEvent.StageReported { Report: StageReport.Fact fact } => $"{fact.Name}={fact.Value}",
                RunEvent.StageEnded ended => "StageEnded " + ended.Stage,
                _ => one.GetType().Name,
            }));
        Assert.True(recorder.Completed);
    }

    [Fact]
    public async Task RunAsync_StageTalksAfterItsEnd_IsNotHeard()
    {
        var recorder = new EngineRun.Recorder();
        StageContext? leaked = null;
        var pipeline = new PipelineBuilder("p");
        var one = pipeline.Add("one", (context, _) =>
        {
            leaked = context;
            return Task.FromResult(1);
        });
        pipeline.Add("two", one, (_, _, _) =>
        {
            leaked!.Log.Info("from the grave");
            return Task.CompletedTask;
        });
        await EngineRun.Run(pipeline.Build(), setup => setup with { Observers = [recorder] });
        leaked!.Log.Info("after the run");
        Assert.Empty(recorder.Events.OfType<RunEvent.StageLogged>());
        Assert.IsType<RunEvent.RunEnded>(recorder.Events.Last());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task RunAsync_ObserverThrows_RunSucceedsAndOneWarningTellsTheOthers(int place)
    {
        EngineRun.Recorder one = new(), two = new();
        var observers = new List<IRunObserver> { one, two };
        observers.Insert(place, new Throws());
        RunResult result = await EngineRun.Run(Plan(), setup => setup with { Observers = observers });
        Assert.Equal(RunStatus.Succeeded, result.Status);
        foreach (EngineRun.Recorder recorder in new[] { one, two })
        {
            Assert.Equal(["RunStarted", "RunWarning", "StageStarted", "StageEnded", "RunEnded"], recorder.Events.Select(one => one.GetType().Name));
            Assert.Equal("Throws stopped reporting: InvalidOperationException: the disk is full", recorder.Events.OfType<RunEvent.RunWarning>().Single().Text);
        }
    }

    [Fact]
    public async Task RunAsync_ObserversThrowAtEventsAndWarnings_EveryOtherHearsEachEventOnce()
    {
        var last = new EngineRun.Recorder();
        await EngineRun.Run(Plan(), setup => setup with { Observers = [new Throws { AtWarnings = true }, new Throws(), last] });
        Assert.Equal(["RunStarted", "RunWarning", "RunWarning", "StageStarted", "StageEnded", "RunEnded"], last.Events.Select(one => one.GetType().Name));
    }

    [Fact]
    public async Task RunAsync_ObserverFailsToComplete_IsAWarningToo()
    {
        var recorder = new EngineRun.Recorder();
        RunResult result = await EngineRun.Run(Plan(), setup => setup with { Observers = [recorder, new Throws { AtTheEnd = true }] });
        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Contains("stopped reporting", Assert.IsType<RunEvent.RunWarning>(recorder.Events.Last()).Text, StringComparison.Ordinal);
        Assert.True(recorder.Completed);
    }

    [Fact]
    public async Task RunAsync_EveryTextThatLeaves_IsMasked()
    {
        const string Secret = "hunter2";
        var recorder = new EngineRun.Recorder();
        var finding = new Finding("CVE-1", Severity.High, "lib-hunter2", "1", "2-hunter2", "title hunter2", "target hunter2");
        var log = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var pipeline = new PipelineBuilder("p");
        var deploy = pipeline.Add("deploy", new Effect("hunter2", "prod", log)
        {
            Undoing = (context, _) =>
        {
            context.Log.Info("undoing hunter2");
            return Task.CompletedTask;
        }
        });
        var broken = pipeline.Add<int, int>("deploy more", new Effect("x", "prod", log) { Undoing = (_, _) => throw new StageFailedException("undo hunter2", "hunter2", "hunter2") }, deploy);
        pipeline.Add("talks", broken, (_, context, _) =>
        {
            context.Log.Info("info hunter2");
            context.Log.Output("output hunter2");
            context.Log.Warning("warning\nhunter2");
            context.Report("fact", "hunter2");
            context.Report(new TestResults(0, 1, 0, TimeSpan.Zero, [new TestFailure("hunter2", "hunter2", "hunter2")]));
            context.Report(new ScanResult("trivy hunter2", [finding], [finding], [finding]));
            var measurement = new MetricMeasurement(default, 1, MeasurementOutcome.Error, "problem hunter2");
            context.Report("metric hunter2", measurement);
            context.Report(new AnalysisResult("https://hunter2", AnalysisVerdict.Fail, "reason hunter2", [new MetricResult("name hunter2", "query{x=\"hunter2\"}", "threshold hunter2", AnalysisVerdict.Fail, "reason hunter2", [measurement])]) { AcceptedBy = "hunter2" });
            throw new StageFailedException("what hunter2", "evidence hunter2", "advice hunter2", new InvalidOperationException("inner hunter2"));
        });
        pipeline.Add("unforeseen", (_, _) => throw new InvalidOperationException("outer hunter2", new InvalidOperationException("inner hunter2"))).Always();
        pipeline.Add("condition", (_, _) => Task.CompletedTask).When(_ => throw new InvalidOperationException("condition " + Secret[..6] + "2"), "asks").Always();
        RunResult result = await EngineRun.Run(pipeline.Build(), setup => setup with { Observers = [recorder, new Throws { Text = Secret }], Masker = new Masker(Secret) });

        string all = string.Join('\n', recorder.Events.Select(Text).Append(string.Join('\n', result.Stages.Select(stage => Text(stage.Outcome)))).Append(string.Join('\n', result.Undos.Select(Text))));
        Assert.DoesNotContain(Secret, all, StringComparison.Ordinal);
        foreach (string masked in new[]
                 {
                     "info ***", "output ***", "what ***", "evidence ***", "advice ***", "outer ***", "inner ***", "condition ***", "lib-***", "2-***", "title ***", "target ***", "trivy ***",
                     "undoing ***", "*** is as it was", "undo ***", "stopped reporting: InvalidOperationException: ***",
                 })
            Assert.Contains(masked, all, StringComparison.Ordinal);

        static string Text(object value) => value switch
        {
            RunEvent.StageReported { Report: StageReport.Scan { Result: { } scan } } => $"{scan} {string.Join(' ', scan.Findings.Concat(scan.Blocking).Concat(scan.Ignored))}",
            RunEvent.StageReported { Report: StageReport.Tests { Results: { } tests } } => string.Join(' ', tests.Failures),
            _ => value.ToString()!,
        };
    }

    private static PipelinePlan Plan()
    {
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("one", (_, _) => Task.CompletedTask);
        return pipeline.Build();
    }

    private sealed class Throws : IRunObserver
    {
        public bool AtWarnings { get; init; }

        public bool AtTheEnd { get; init; }

        public string Text { get; init; } = "the disk is full";

        public void OnEvent(RunEvent runEvent)
        {
            if (!AtTheEnd && AtWarnings == runEvent is RunEvent.RunWarning)
                throw new InvalidOperationException(Text);
        }

        public Task CompleteAsync(CancellationToken cancellationToken) => throw new InvalidOperationException(Text);
    }

    private sealed class Masker(string secret) : ITextMasker
    {
        public string Mask(string text) => text.Replace(secret, "***", StringComparison.Ordinal);
    }
}
