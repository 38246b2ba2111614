namespace Pipelines.Core.Tests.Reporting;

/// <summary>Plays the engine: hands events with a clock of its own to observers, and adds up the result.</summary>
internal sealed class FakeRun
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly PipelinePlan _plan;
    private readonly IRunObserver[] _observers;
    private readonly Dictionary<PlannedStage, StageResult> _results = [];
    private readonly List<UndoResult> _undos = [];

    public FakeRun(PipelinePlan plan, RunInfo run, params IRunObserver[] observers)
    {
        _plan = plan;
        _observers = observers;
        Tell(new RunEvent.RunStarted(Now, plan, run));
    }

    public DateTimeOffset Now { get; private set; } = Start;

    public static RunInfo Info(string directory = "/service", string pipeline = "order-service", string host = "local", bool ci = false, RunMode mode = RunMode.Sandbox) => new()
    {
        Id = "20260102-030405-a1b2",
        Pipeline = pipeline,
        Mode = mode,
        Directory = directory,
        RunDirectory = directory,
        Host = host,
        IsCi = ci,
    };

    public static Failure Failure(string what = "it broke", string? evidence = null, string? advice = null) => new(what, evidence, advice, "StageFailedException", FailureKind.Failed);

    public FakeRun At(double seconds)
    {
        Now = Start + TimeSpan.FromSeconds(seconds);
        return this;
    }

    public FakeRun Tell(RunEvent runEvent)
    {
        foreach (IRunObserver observer in _observers)
            observer.OnEvent(runEvent);
        return this;
    }

    public FakeRun Begin(PlannedStage stage)
    {
        _results[stage] = new StageResult(stage, new StageOutcome.Cancelled(), Now, TimeSpan.Zero, 1, 0);
        return Tell(new RunEvent.StageStarted(Now, stage));
    }

    public FakeRun Log(PlannedStage stage, string text, LogLevel level = LogLevel.Output) => Tell(new RunEvent.StageLogged(Now, stage, level, text));

    public FakeRun Fact(PlannedStage stage, string name, string value) => Tell(new RunEvent.StageReported(Now, stage, new StageReport.Fact(name, value)));

    public FakeRun Report(PlannedStage stage, StageReport report) => Tell(new RunEvent.StageReported(Now, stage, report));

    public FakeRun Retry(PlannedStage stage, int attempt, string what)
    {
        _results[stage] = _results[stage] with { Attempts = attempt + 1 };
        return Tell(new RunEvent.StageRetrying(Now, stage, attempt, stage.Retry.MaxAttempts, TimeSpan.FromSeconds(1), Failure(what)));
    }

    public FakeRun End(PlannedStage stage, StageOutcome? outcome = null, double critical = 0)
    {
        outcome ??= new StageOutcome.Succeeded(null);
        StageResult? running = _results.GetValueOrDefault(stage);
        TimeSpan duration = running is null ? TimeSpan.Zero : Now - running.StartedAt!.Value;
        _results[stage] = new StageResult(stage, outcome, running?.StartedAt, duration, running?.Attempts ?? 0, critical);
        return Tell(new RunEvent.StageEnded(Now, stage, outcome, duration));
    }

    public FakeRun Fail(PlannedStage stage, string what = "it broke", string? evidence = null, string? advice = null, double critical = 0) =>
        End(stage, new StageOutcome.Failed(Failure(what, evidence, advice)), critical);

    public FakeRun Skip(PlannedStage stage, SkipCause cause) => End(stage, new StageOutcome.Skipped(cause));

    public FakeRun Undo(PlannedStage stage, string because, UndoReport? report, Failure? failure = null, double seconds = 1)
    {
        Tell(new RunEvent.UndoStarted(Now, stage, because));
        Now += TimeSpan.FromSeconds(seconds);
        var result = new UndoResult(stage.Name, because, report, failure, TimeSpan.FromSeconds(seconds));
        _undos.Add(result);
        return Tell(new RunEvent.UndoEnded(Now, stage, result));
    }

    public FakeRun Finish(RunStatus? status = null)
    {
        status ??= _results.Values.Any(stage => stage.Outcome.IsFailure) ? RunStatus.Failed : RunStatus.Succeeded;
        StageResult[] stages = [.. _plan.Stages.Select(stage => _results.GetValueOrDefault(stage) ?? new StageResult(stage, new StageOutcome.Cancelled(), null, TimeSpan.Zero, 0, 0))];
        Tell(new RunEvent.RunEnded(Now, new RunResult(status.Value, stages, _undos, Start, Now - Start)));
        foreach (IRunObserver observer in _observers)
            observer.CompleteAsync(CancellationToken.None).GetAwaiter().GetResult();
        return this;
    }
}
