namespace Pipelines.Core.Reporting;

/// <summary>What is known of one stage of a run.</summary>
internal sealed class StageRecord(PlannedStage stage)
{
    private readonly List<StageReport.Fact> _facts = [];
    private readonly List<TestResults> _tests = [];
    private readonly List<ScanResult> _scans = [];
    private readonly List<AnalysisResult> _analyses = [];

    public PlannedStage Stage { get; } = stage;

    public string Name => Stage.Name;

    public StageOutcome? Outcome { get; private set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public TimeSpan Duration { get; private set; }

    public int Attempts { get; set; } = 1;

    /// <summary>From 0 to 1; 0 off the critical path.</summary>
    public double CriticalShare { get; private set; }

    public UndoResult? Undo { get; set; }

    /// <summary>When its undo started.</summary>
    public DateTimeOffset? UndoStartedAt { get; set; }

    public IReadOnlyList<StageReport.Fact> Facts => _facts;

    public IReadOnlyList<TestResults> Tests => _tests;

    public IReadOnlyList<ScanResult> Scans => _scans;

    public IReadOnlyList<AnalysisResult> Analyses => _analyses;

    /// <summary>Why it failed; null where it did not.</summary>
    public Failure? Failure => Outcome switch
    {
        StageOutcome.Failed failed => failed.Failure,
        StageOutcome.TimedOut timedOut => timedOut.Failure,
        _ => null,
    };

    /// <summary>Why it did not run; null where it did.</summary>
    public string? SkippedBecause => Outcome is StageOutcome.Skipped skipped ? skipped.Cause.ToString() : null;

    public string? Fact(string name)
    {
        foreach (StageReport.Fact fact in _facts)
            if (fact.Name == name)
                return fact.Value;
        return null;
    }

    public void Add(StageReport report)
    {
        switch (report)
        {
            case StageReport.Fact fact:
                _facts.RemoveAll(other => other.Name == fact.Name);
                _facts.Add(fact);
                break;
            case StageReport.Tests tests:
                _tests.Add(tests.Results);
                break;
            case StageReport.Scan scan:
                _scans.Add(scan.Result);
                break;
            case StageReport.Analysis analysis:
                _analyses.Add(analysis.Result);
                break;
        }
    }

    public void End(StageOutcome outcome, TimeSpan duration, DateTimeOffset at)
    {
        Outcome = outcome;
        Duration = duration;
        EndedAt = StartedAt is null ? null : at;
    }

    /// <summary>Takes the engine's final word.</summary>
    public void Take(StageResult result)
    {
        Outcome = result.Outcome;
        Duration = result.Duration;
        StartedAt = result.StartedAt;
        EndedAt = result.StartedAt + result.Duration;
        Attempts = result.Attempts;
        CriticalShare = result.CriticalShare;
    }
}
