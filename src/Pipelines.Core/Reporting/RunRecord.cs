namespace Pipelines.Core.Reporting;

/// <summary>What a run's events add up to: the memory behind every report that is written at the end.</summary>
internal sealed class RunRecord
{
    private readonly List<StageRecord> _stages = [];
    private readonly List<string> _warnings = [];

    public PipelinePlan? Plan { get; private set; }

    public RunInfo? Run { get; private set; }

    /// <summary>Set when the run has ended.</summary>
    public RunResult? Result { get; private set; }

    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>Every stage of the plan, in its order.</summary>
    public IReadOnlyList<StageRecord> Stages => _stages;

    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The record of a stage of this run.</summary>
    public StageRecord Of(PlannedStage stage) => _stages[stage.Index];

    public void Apply(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunEvent.RunStarted started:
                Plan = started.Plan;
                Run = started.Run;
                StartedAt = started.At;
                foreach (PlannedStage stage in started.Plan.Stages)
                    _stages.Add(new StageRecord(stage));
                break;
            case RunEvent.StageReported reported:
                Of(reported.Stage).Add(reported.Report);
                break;
            case RunEvent.StageStarted started:
                Of(started.Stage).StartedAt = started.At;
                break;
            case RunEvent.StageRetrying retrying:
                Of(retrying.Stage).Attempts = retrying.Attempt + 1;
                break;
            case RunEvent.StageEnded ended:
                Of(ended.Stage).End(ended.Outcome, ended.Duration, ended.At);
                break;
            case RunEvent.UndoStarted undo:
                Of(undo.Stage).UndoStartedAt = undo.At;
                break;
            case RunEvent.UndoEnded undone:
                Of(undone.Stage).Undo = undone.Result;
                break;
            case RunEvent.RunWarning warning:
                _warnings.Add(warning.Text);
                break;
            case RunEvent.RunEnded ended:
                Result = ended.Result;
                foreach (StageResult stage in ended.Result.Stages)
                    Of(stage.Stage).Take(stage);
                foreach (UndoResult undo in ended.Result.Undos)
                    if (_stages.Find(stage => stage.Stage.Name == undo.Stage) is { } undone)
                        undone.Undo = undo;
                break;
        }
    }

    /// <summary>The facts of the run; of one name the last value reported stands. Where several environments were deployed to, each has its own.</summary>
    public IReadOnlyList<StageReport.Fact> Facts()
    {
        var facts = new List<StageReport.Fact>();
        bool several = Environments().Skip(1).Any();
        foreach (StageRecord stage in _stages)
        {
            foreach (StageReport.Fact reported in stage.Facts)
            {
                StageReport.Fact fact = reported;
                if (several && stage.Stage.Environment is { } environment)
                {
                    if (fact.Name == "environment")
                        continue; // each name says it
                    fact = fact with { Name = $"{environment}: {fact.Name}" };
                }

                int known = facts.FindIndex(other => other.Name == fact.Name);
                if (known >= 0)
                    facts[known] = fact;
                else
                    facts.Add(fact);
            }
        }

        return facts;
    }

    /// <summary>The environments that were deployed to, the first one first.</summary>
    public IEnumerable<string> Environments() => _stages.Select(stage => stage.Fact("environment")).OfType<string>().Distinct();

    /// <summary>The value of a fact; null where nobody reported it.</summary>
    public string? Fact(string name)
    {
        for (int index = _stages.Count - 1; index >= 0; index--)
            if (_stages[index].Fact(name) is { } value)
                return value;
        return null;
    }
}
