using Pipelines.Core.Engine.Journal;
using Pipelines.Core.Model;

namespace Pipelines.Core.Engine;

/// <summary>Everything a run needs beside its plan.</summary>
internal sealed record RunSetup
{
    public required RunInfo Run { get; init; }

    public required ISecretResolver Secrets { get; init; }

    public required ITextMasker Masker { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Who sees the events, the console first.</summary>
    public IReadOnlyList<IRunObserver> Observers { get; init; } = [];

    /// <summary>The person at the terminal; null where there is none.</summary>
    public ITerminal? Terminal { get; init; }

    /// <summary>The results of the tests that this run has done so far.</summary>
    public Func<IReadOnlyList<TestResults>> Tests { get; init; } = () => [];

    /// <summary>How many stages may run at once.</summary>
    public int Jobs { get; init; } = System.Environment.ProcessorCount;

    /// <summary>Whether a failure cancels the running stages too.</summary>
    public bool FailFast { get; init; }

    /// <summary>The stages to run, with all that they need; null for all.</summary>
    public IReadOnlyList<PlannedStage>? Selection { get; init; }

    /// <summary>Where it is kept what happens; null for nowhere.</summary>
    public RunJournal? Journal { get; init; }

    /// <summary>What is known from an earlier process or run; null for a run that starts from nothing.</summary>
    public Resumption? Resumption { get; init; }

    /// <summary>Whether a run that is cancelled leaves what it deployed as it is, to go on later; else what is not proven is undone.</summary>
    public bool LeavesOnCancel { get; init; }

    /// <summary>How long the plan's stages took in earlier runs, by their index; zero where that is not known; null where nothing is.</summary>
    public TimeSpan[]? ExpectedDurations { get; init; }

    /// <summary>How long the undo of one stage may take, its retries included.</summary>
    public TimeSpan UndoTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a cancelled stage may take to end before it is given up.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Ctrl-C: running stages are asked to end, nothing new starts, undo and <c>Always</c> stages run.</summary>
    public CancellationToken Cancel { get; init; }

    /// <summary>A second Ctrl-C: everything ends at once.</summary>
    public CancellationToken Force { get; init; }

    /// <summary>The secrets as a stage sees them: <c>{app}</c> and <c>{environment}</c> in references are the stage's own.</summary>
    public ISecretResolver SecretsOf(PlannedStage stage) => new ScopedSecrets(Secrets, stage.Behaviour.Environment?.App ?? Run.Pipeline, stage.Environment);
}
