using Pipelines.Core.Model;

namespace Pipelines.Core.Tests.Reporting.Slack;

/// <summary>The events of a run, to be given to an observer.</summary>
internal sealed class RunEvents
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public RunEvents(params string[] stages) => Plan = new PipelinePlan("order-service", [.. stages.Select(MakeStage)]);

    public PipelinePlan Plan { get; }

    public RunInfo Run { get; init; } = new()
    {
        Id = "20260102-030405-a1b2",
        Pipeline = "order-service",
        Mode = RunMode.Live,
        Directory = "/x",
        RunDirectory = "/x/y",
        Host = "Jenkins",
        IsCi = true,
        BuildUrl = new Uri("https://ci.example.com/42"),
        Actor = "amy <amy>",
        Source = new SourceRevision("0123456789abcdef0123456789abcdef01234567", "main", null, [], "0123456789abcdef0123456789abcdef01234567", s_start),
    };

    public RunEvent Started => new RunEvent.RunStarted(s_start, Plan, Run);

    public PlannedStage this[string name] => Plan.Stages.Single(stage => stage.Name == name);

    public RunEvent Begin(string stage) => new RunEvent.StageStarted(s_start, this[stage]);

    public RunEvent End(string stage, StageOutcome? outcome = null, double seconds = 1.5) => new RunEvent.StageEnded(s_start, this[stage], outcome ?? new StageOutcome.Succeeded(null), TimeSpan.FromSeconds(seconds));

    public RunEvent Fact(string stage, string name, string value) => new RunEvent.StageReported(s_start, this[stage], new StageReport.Fact(name, value));

    public static RunEvent Undone(UndoResult result) => new RunEvent.UndoEnded(s_start, MakeStage(result.Stage, 0), result);

    public static RunEvent Ended(RunStatus status) => new RunEvent.RunEnded(s_start, new RunResult(status, [], [], s_start, TimeSpan.FromSeconds(72)));

    public static StageOutcome Failed(string what, string? evidence = null, string? advice = null) => new StageOutcome.Failed(new Failure(what, evidence, advice, "X", FailureKind.Failed));

    private static PlannedStage MakeStage(string name, int index) =>
        new(index, name, new StageBehaviour { Kind = "k", Description = null, OutputType = "Unit", RunAsync = (_, _, _) => Task.FromResult<object?>(null) })
        {
            Inputs = [],
            After = [],
            Conditions = [],
            Timeout = TimeSpan.FromHours(1),
            Retry = RetryPolicy.None,
            Locks = [],
            Always = false,
            Environment = name.Split(' ') is [_, ("staging" or "prod") and var environment] ? environment : null,
        };
}
