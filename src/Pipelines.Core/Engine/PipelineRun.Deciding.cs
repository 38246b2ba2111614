using Pipelines.Core.Model;

namespace Pipelines.Core.Engine;

/// <content>What becomes of a stage: from the outcomes of those it waits for, from failures, from Ctrl-C.</content>
internal sealed partial class PipelineRun
{
    private void Consider(int index)
    {
        if (Decide(index) is { } outcome)
            End(index, outcome);
    }

    /// <summary>Records how a stage ended, and looks at every stage that waited for it alone. A loop, not a recursion: chains may be long.</summary>
    private void End(int first, StageOutcome firstOutcome)
    {
        Queue<(int Index, StageOutcome Outcome)>? more = null;
        (int Index, StageOutcome Outcome) end = (first, firstOutcome);
        do
        {
            PlannedStage stage = _plan.Stages[end.Index];
            _outcomes[end.Index] = end.Outcome;
            if (_setup.Resumption is not { IsOwn: true } own || !ReferenceEquals(own.OutcomeOf(stage), end.Outcome)) // else the journal has it
                _setup.Journal?.StageEnded(stage, end.Outcome, _durations[end.Index], _attempts[end.Index], _reports[end.Index] ?? []);
            _hub.Publish(new RunEvent.StageEnded(_hub.Now, stage, end.Outcome, _durations[end.Index]));
            if (end.Outcome is StageOutcome.Succeeded || (end.Outcome is StageOutcome.Restored && _setup.Resumption!.IsOwn && _setup.Resumption.KeptOf(stage).WasDoneByItsRun)) // another run's deployment is not this one's to take back
                RememberEffect(stage);
            if (end.Outcome is StageOutcome.Failed or StageOutcome.TimedOut && !stage.Always && _stoppedBy is null)
                Stop(stage.Name);

            foreach (int dependent in _dependents[end.Index] ?? [])
                if (--_waitingFor[dependent] == 0 && Decide(dependent) is { } outcome)
                    (more ??= new Queue<(int, StageOutcome)>()).Enqueue((dependent, outcome));
        }
        while (more is not null && more.TryDequeue(out end));
    }

    /// <summary>What becomes of a stage all of whose dependencies have ended: an outcome, or a place among the ready ones.</summary>
    private StageOutcome? Decide(int index)
    {
        PlannedStage stage = _plan.Stages[index];
        if (!_selected[index])
            return new StageOutcome.Skipped(new SkipCause.NotSelected());
        if (_setup.Resumption?.OutcomeOf(stage) is { } kept)
            return Restore(stage, kept);
        if (Blocked(stage) is { } blocked)
            return blocked;
        if (MustDecide(stage))
        {
            MakeReady(stage);
            return null;
        }

        if (_forced || (!stage.Always && (_cancelled || _stoppedBy is not null)))
            return NotStarted();
        MakeReady(_plan.Stages[index]);
        return null;
    }

    /// <summary>A stage that ended in an earlier process: what it reported is told again, for the summary.</summary>
    private StageOutcome Restore(PlannedStage stage, StageOutcome outcome)
    {
        Journal.KeptStage kept = _setup.Resumption!.KeptOf(stage);
        foreach (StageReport report in kept.Reports)
            _hub.Publish(new RunEvent.StageReported(_hub.Now, stage, report));
        (_durations[stage.Index], _attempts[stage.Index], _reports[stage.Index]) = (kept.Duration, kept.Attempts, kept.Reports);
        return outcome;
    }

    /// <summary>Whether a kill came in the middle of a stage's effect: it was at work then, so that even a run that is about to end must find out what became of it, with the lock that it had.</summary>
    private bool MustDecide(PlannedStage stage) =>
        _setup.Resumption is { IsOwn: true } own && !_setup.Cancel.IsCancellationRequested && !_forced && (_setup.Journal?.HasHalfDone(stage.Name) == true || own.MustRetake(stage));

    /// <summary>A failure: nothing new starts.</summary>
    private void Stop(string stage)
    {
        _stoppedBy = stage;
        LookForUndos();
        if (_setup.FailFast)
            _cancelling = _cancelRunning.CancelAsync(); // a stage's own callbacks may block or throw: not in this loop
        DropReady();
    }

    private void Cancel()
    {
        _cancelled = true;
        if (!_setup.LeavesOnCancel)
            LookForUndos();
        DropReady();
    }

    /// <summary>Ends the stages that were about to start; <c>Always</c> stages only where everything ends at once.</summary>
    private void DropReady()
    {
        List<PlannedStage> dropped = [.. _ready.TakeAll()];
        foreach (PlannedStage stage in _locks.TakeWaiting())
        {
            if (stage.Always)
                MakeReady(stage); // it takes its place in the line again: whoever was woken before it may be gone
            else
                dropped.Add(stage);
        }

        if (_forced)
            dropped.AddRange(_readyAlways.TakeAll());

        foreach (PlannedStage stage in dropped.OrderBy(stage => stage.Index))
        {
            if (MustDecide(stage))
                MakeReady(stage);
            else
                End(stage.Index, NotStarted());
        }
    }

    private StageOutcome NotStarted() => _cancelled || _stoppedBy is null ? new StageOutcome.Cancelled() : new StageOutcome.Skipped(new SkipCause.RunStopped(_stoppedBy));

    /// <summary>Why a stage cannot run for what became of the stages it waits for; null where it can. What went wrong is named before what was merely skipped.</summary>
    private StageOutcome? Blocked(PlannedStage stage)
    {
        PlannedStage? skipped = null;
        foreach (PlannedStage input in stage.Inputs)
        {
            if (_outcomes[input.Index]!.HasOutput)
                continue;
            if (!IsByCondition(_outcomes[input.Index]))
                return Because(input);
            skipped ??= input;
        }

        if (!stage.Always)
            foreach (PlannedStage other in stage.After)
                if (!_outcomes[other.Index]!.HasOutput && !IsByCondition(_outcomes[other.Index]))
                    return Because(other);
        return skipped is null ? null : Because(skipped);
    }

    private StageOutcome Because(PlannedStage dependency) => _outcomes[dependency.Index] switch
    {
        StageOutcome.Skipped { Cause: SkipCause.Condition } => new StageOutcome.Skipped(new SkipCause.Dependency(dependency.Name, "was skipped")),
        StageOutcome.Skipped passedOn => passedOn,
        StageOutcome.TimedOut => new StageOutcome.Skipped(new SkipCause.Dependency(dependency.Name, "timed out")),
        StageOutcome.Cancelled when _cancelled => new StageOutcome.Cancelled(),
        StageOutcome.Cancelled => new StageOutcome.Skipped(new SkipCause.Dependency(dependency.Name, "was cancelled")),
        _ => new StageOutcome.Skipped(new SkipCause.Dependency(dependency.Name, "failed")),
    };

    /// <summary>Whether a stage was skipped, in the end, by somebody's condition: that is no failure of anything.</summary>
    private static bool IsByCondition(StageOutcome? outcome) => outcome is StageOutcome.Skipped { Cause: SkipCause.Condition or SkipCause.Dependency { Ended: "was skipped" } };
}
