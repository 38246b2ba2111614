using Pipelines.Core.Model;

namespace Pipelines.Core.Engine.Journal;

/// <summary>What a run starts with: how stages ended in an earlier process of the same run, or in another run of the same commit.</summary>
internal sealed class Resumption
{
    private readonly StageOutcome?[] _outcomes;
    private readonly KeptStage?[] _kept;
    private readonly RunHistory _history;
    private readonly bool _isOwn;
    private readonly bool[] _retaken;
    private readonly bool[] _mustRetake;
    private readonly List<string> _again = [];
    private readonly List<string> _notes = [];

    private Resumption(RunHistory history, PipelinePlan plan, bool isOwn)
    {
        _history = history;
        _isOwn = isOwn;
        _outcomes = new StageOutcome?[plan.Stages.Count];
        _kept = new KeptStage?[plan.Stages.Count];
        _retaken = new bool[plan.Stages.Count];
        _mustRetake = new bool[plan.Stages.Count];
    }

    /// <summary>The run whose outputs these are.</summary>
    public string Run => _history.Identity.Run;

    /// <summary>Whether the run goes on that made them: then a failure undoes their effects too.</summary>
    public bool IsOwn => _isOwn;

    /// <summary>The stages that ended and run again.</summary>
    public IReadOnlyList<string> Again => _again;

    /// <summary>What a person should know of what is restored and what is not, a sentence each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>How many stages are not run.</summary>
    public int Count => _outcomes.Count(outcome => outcome is not null);

    /// <summary>Whether the run was being cancelled, and what it did was being undone: that is brought to its end.</summary>
    public bool WasCancelled => _isOwn && _history is { Status: null, WasCancelledToUndo: true };

    /// <summary>Goes on with a run: one that was killed is brought to the end it was going to; one that came to an end without success tries again what failed and what was undone.</summary>
    public static Resumption Continue(RunHistory history, PipelinePlan plan, IReadOnlyList<PlannedStage>? selection)
    {
        var resumption = new Resumption(history, plan, isOwn: true);
        bool isRetry = history.Status is not null;
        bool[] again = new bool[plan.Stages.Count];
        foreach (PlannedStage stage in plan.Stages)
            again[stage.Index] = isRetry && (history.Undos.ContainsKey(stage.Name) || history.Stages.GetValueOrDefault(stage.Name) is { HasOutput: false, Condition: null } || stage.Dependencies.Any(dependency => again[dependency.Index]));
        resumption.Restore(plan, again, PipelineRun.Select(plan, selection));
        return resumption;
    }

    /// <summary>Takes what another run made, but for some stages and all that depends on them.</summary>
    public static Resumption Reuse(RunHistory history, PipelinePlan plan, IReadOnlyList<PlannedStage> from, IReadOnlyList<PlannedStage>? selection)
    {
        var resumption = new Resumption(history, plan, isOwn: false);
        bool[] again = new bool[plan.Stages.Count];
        foreach (PlannedStage stage in plan.Stages)
            again[stage.Index] = from.Contains(stage) || stage.Always || history.Undos.ContainsKey(stage.Name) || history.Stages.GetValueOrDefault(stage.Name) is not { HasOutput: true } || stage.Dependencies.Any(dependency => again[dependency.Index]);
        resumption.Restore(plan, again, PipelineRun.Select(plan, selection));
        return resumption;
    }

    /// <summary>How a stage ended; null where it runs.</summary>
    public StageOutcome? OutcomeOf(PlannedStage stage) => _outcomes[stage.Index];

    /// <summary>What is kept of a stage that has an outcome.</summary>
    public KeptStage KeptOf(PlannedStage stage) => _kept[stage.Index]!;

    /// <summary>Whether an earlier process of this run had what the stage takes, and did not give it back.</summary>
    public bool IsRetaken(PlannedStage stage) => _retaken[stage.Index];

    /// <summary>Whether it is taken again even by a run that only comes to its end: something is to be undone, or found out, under it.</summary>
    public bool MustRetake(PlannedStage stage) => _mustRetake[stage.Index];

    /// <summary>The undo of a stage that is finished; null where it is to be done.</summary>
    public KeptUndo? UndoOf(PlannedStage stage) => _isOwn && _history.Undos.TryGetValue(stage.Name, out KeptUndo? undo) && undo.Result is not null ? undo : null;

    private void Restore(PipelinePlan plan, bool[] again, bool[] selected)
    {
        DeploymentEnvironment[] environments = [.. plan.Stages.Select(stage => stage.Behaviour.Environment).OfType<DeploymentEnvironment>()];
        string?[] gone = new string?[plan.Stages.Count];
        bool isEnding = false;
        foreach (PlannedStage stage in plan.Stages)
        {
            if (!_history.Stages.TryGetValue(stage.Name, out KeptStage? kept))
                continue;
            if (again[stage.Index] || (stage.Always && stage.Dependencies.Any(dependency => _outcomes[dependency.Index] is null)))
            {
                _again.Add(stage.Name);
                continue;
            }

            _kept[stage.Index] = kept;
            _outcomes[stage.Index] = Outcome(stage, kept, environments, out gone[stage.Index]);
            isEnding |= _outcomes[stage.Index] is StageOutcome.Failed or StageOutcome.TimedOut && !stage.Always;
        }

        isEnding |= WasCancelled;
        foreach (PlannedStage stage in plan.Stages)
            if (stage.Behaviour.IsProcessBound && _outcomes[stage.Index]?.HasOutput == true)
                Rebind(stage, plan, selected, isEnding);
        RunAgainWhatIsGone(plan, selected, gone, isEnding);
        List<string> inOrder = [.. plan.Stages.Select(stage => stage.Name).Where(_again.Contains)];
        _again.Clear();
        _again.AddRange(inOrder);
    }

    /// <summary>A lock of a process that is no more is taken again where something of its environment is left to do or to undo.</summary>
    private void Rebind(PlannedStage bound, PipelinePlan plan, bool[] selected, bool isEnding)
    {
        PlannedStage[] under = Under(bound, plan, selected);
        PlannedStage[] open = [.. under.Where(stage => !stage.Always && _outcomes[stage.Index] is not { HasOutput: true } and not StageOutcome.Skipped)];
        bool isLeft = isEnding ? open.Length > 0 && under.Any(IsToUndoOrDecide) : open.Length > 0;
        if (!isLeft)
            return;
        foreach (PlannedStage stage in under.Where(stage => stage.Always && _outcomes[stage.Index] is not null).Prepend(bound))
        {
            _outcomes[stage.Index] = null;
            _again.Add(stage.Name);
        }

        _mustRetake[bound.Index] = isEnding;
        _retaken[bound.Index] = _isOwn && _history.Status is null && !under.Any(stage => stage.Always && _history.Stages.ContainsKey(stage.Name)); // what comes last gives it back
    }

    /// <summary>The stages of its environment that come after it.</summary>
    private static PlannedStage[] Under(PlannedStage bound, PipelinePlan plan, bool[] selected)
    {
        bool[] after = new bool[plan.Stages.Count];
        foreach (PlannedStage stage in plan.Stages)
            after[stage.Index] = stage.Environment == bound.Environment && stage.Dependencies.Any(dependency => dependency == bound || after[dependency.Index]);
        return [.. plan.Stages.Where(stage => after[stage.Index] && selected[stage.Index])];
    }

    private bool IsToUndoOrDecide(PlannedStage stage) =>
        _isOwn && ((stage.IsUndoable && _outcomes[stage.Index]?.HasOutput == true && KeptOf(stage).WasDoneByItsRun && UndoOf(stage) is null) || (_outcomes[stage.Index] is null && _history.HasHalfDone(stage.Name)));

    /// <summary>An output that cannot be restored makes its stage run again where a stage that runs takes it. Inputs come earlier in the plan, so one walk back finds all.</summary>
    private void RunAgainWhatIsGone(PipelinePlan plan, bool[] selected, string?[] gone, bool isEnding)
    {
        bool[] needed = new bool[plan.Stages.Count];
        foreach (PlannedStage stage in plan.Stages.Reverse())
        {
            int index = stage.Index;
            if (gone[index] is { } reason && selected[index] && (needed[index] || (stage.IsUndoable && _isOwn)))
            {
                if (isEnding && !needed[index])
                {
                    _notes.Add($"The output of '{stage.Name}' cannot be restored: {reason}. What it did can be undone by hand only.");
                }
                else
                {
                    _outcomes[index] = null;
                    _again.Add(stage.Name);
                    _notes.Add($"'{stage.Name}' runs again: {reason}.");
                }
            }

            if (_outcomes[index] is null && selected[index] && (!isEnding || stage.Always))
                foreach (PlannedStage input in stage.Inputs)
                    needed[input.Index] = true;
        }
    }

    private static StageOutcome Outcome(PlannedStage stage, KeptStage kept, IReadOnlyList<DeploymentEnvironment> environments, out string? gone)
    {
        gone = null;
        if (kept.Condition is { } condition)
            return new StageOutcome.Skipped(new SkipCause.Condition(condition));
        if (!kept.HasOutput)
            return kept.Limit > TimeSpan.Zero ? new StageOutcome.TimedOut(kept.Limit, kept.Failure!) : new StageOutcome.Failed(kept.Failure!);
        if (kept.Output is not { } json)
        {
            gone = $"its output ({stage.Output}) could not be kept: {kept.NotKept}";
            return new StageOutcome.Restored(null);
        }

        try
        {
            return new StageOutcome.Restored(OutputCodec.Read(json, stage.Behaviour.OutputClass, environments));
        }
        catch (OutputGoneException exception)
        {
            gone = exception.Message;
            return new StageOutcome.Restored(null);
        }
    }
}
