namespace Pipelines.Core.Reporting.Slack;

/// <summary>What a message about a run needs to know, gathered from its events.</summary>
internal sealed class SlackRunState
{
    private readonly Dictionary<string, string> _facts = new(StringComparer.Ordinal);

    public bool HasStarted => Run is not null;

    public RunInfo? Run { get; private set; }

    public DateTimeOffset StartedAt { get; private set; }

    public int StageCount { get; private set; }

    public List<PlannedStage> Running { get; } = [];

    public List<(PlannedStage Stage, StageOutcome Outcome, TimeSpan Duration)> Ended { get; } = [];

    public List<UndoResult> Undos { get; } = [];

    public RunResult? Result { get; private set; }

    /// <summary>The environments that were deployed to, the first one first.</summary>
    public List<string> Environments { get; } = [];

    public string? Fact(string name) => _facts.GetValueOrDefault(name);

    public string? Fact(string environment, string name) => _facts.GetValueOrDefault($"{environment}: {name}");

    /// <summary>Takes an event in; true where it changes the message.</summary>
    public bool Take(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunEvent.RunStarted started:
                (Run, StartedAt, StageCount) = (started.Run, started.At, started.Plan.Stages.Count);
                return true;
            case RunEvent.StageStarted started:
                Running.Add(started.Stage);
                return true;
            case RunEvent.StageReported { Report: StageReport.Fact fact } reported:
                _facts[fact.Name] = fact.Value;
                if (fact.Name == "environment" && !Environments.Contains(fact.Value))
                    Environments.Add(fact.Value);
                if (reported.Stage.Environment is { } environment)
                    _facts[$"{environment}: {fact.Name}"] = fact.Value;
                return false; // shown when its stage ends
            case RunEvent.StageEnded ended:
                Running.Remove(ended.Stage);
                Ended.Add((ended.Stage, ended.Outcome, ended.Duration));
                return true;
            case RunEvent.UndoEnded ended:
                Undos.Add(ended.Result);
                return true;
            case RunEvent.RunEnded ended:
                Result = ended.Result;
                Running.Clear();
                return false; // the last message follows at once
            default:
                return false;
        }
    }
}
