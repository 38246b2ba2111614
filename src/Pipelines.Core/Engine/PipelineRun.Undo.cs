using Pipelines.Core.Model;

namespace Pipelines.Core.Engine;

/// <content>Undo: when an environment's stages will not all succeed, what they did is taken back at once, while others still run.</content>
internal sealed partial class PipelineRun
{
    private readonly Dictionary<string, EnvironmentEffects> _environments = new(StringComparer.Ordinal);
    private readonly EnvironmentEffects?[] _environmentOf;
    private readonly List<UndoResult> _undos = [];

    /// <summary>The environments of which is not yet known, after a failure or Ctrl-C, what is to be undone; and those that wait for a lock to undo it.</summary>
    private readonly List<EnvironmentEffects> _undecided = [];
    private bool _looksForUndos;
    private int _runningUndos;

    private void AddToEnvironment(PlannedStage stage)
    {
        if (stage.Environment is null || stage.Always)
            return;
        if (!_environments.TryGetValue(stage.Environment, out EnvironmentEffects? environment))
            _environments.Add(stage.Environment, environment = new EnvironmentEffects());
        environment.Stages.Add(stage);
        _environmentOf[stage.Index] = environment;
    }

    private void CountRunning(PlannedStage stage, int by)
    {
        if (_environmentOf[stage.Index] is not { } environment)
            return;
        environment.Running += by;
        if (stage.IsUndoable)
            environment.RunningUndoable += by;
    }

    private void RememberEffect(PlannedStage stage)
    {
        if (stage.IsUndoable)
            _environmentOf[stage.Index]?.Effects.Add(stage);
    }

    /// <summary>From now on no stage starts, so that each environment is decided once, when the last of its stages has ended.</summary>
    private void LookForUndos()
    {
        if (_looksForUndos)
            return;
        _looksForUndos = true;
        _undecided.AddRange(_environments.Values);
    }

    private void StartUndos()
    {
        if (_undecided.Count > 0)
            _undecided.RemoveAll(IsSettled);
    }

    /// <summary>Starts what is to be undone in an environment; false where a stage of it, or the holder of a lock, is still at work: its end brings us back here.</summary>
    private bool IsSettled(EnvironmentEffects environment)
    {
        if (_setup.Resumption is not null && environment.Stages.Any(stage => _outcomes[stage.Index] is null && MustDecide(stage)))
            return false; // whether there is anything to undo is found out first
        if (environment.Effects.Count == 0 && environment.RunningUndoable == 0)
            return true;
        if (environment.Running > 0)
            return false;
        environment.ToUndo ??= Unproven(environment);
        if (environment.ToUndo.Count == 0)
            return true;
        string[] locks = [.. environment.ToUndo.SelectMany(effect => effect.Stage.Locks).Distinct(StringComparer.Ordinal)];
        if (!_forced && !_locks.AreFree(locks))
            return false;

        _locks.Hold(locks);
        _running++;
        _runningUndos++;
        _ = Task.Run(() => UndoAsync(environment.ToUndo, locks), CancellationToken.None);
        return true;
    }

    private async Task UndoAsync(IReadOnlyList<EnvironmentEffects.Effect> effects, string[] locks)
    {
        IReadOnlyList<UndoResult> results = [];
        try
        {
            results = await new UndoRunner(_setup, _hub).RunAsync(effects).ConfigureAwait(false);
        }
        finally
        {
            _messages.Writer.TryWrite(new Message.UndoEnded(results, locks));
        }
    }

    /// <summary>The effects after which a stage of the same environment did not succeed, or never will; the newest first. O(V+E) of the environment.</summary>
    private List<EnvironmentEffects.Effect> Unproven(EnvironmentEffects environment)
    {
        var causes = new Dictionary<int, Cause>();
        for (int place = environment.Stages.Count - 1; place >= 0; place--) // dependents come later in the plan, so their causes are known
        {
            int index = environment.Stages[place].Index;
            Cause? worst = null;
            foreach (int dependent in _dependents[index] ?? [])
            {
                if (_environmentOf[dependent] != environment)
                    continue;
                worst = Worse(worst, CauseOf(_plan.Stages[dependent]));
                if (causes.TryGetValue(dependent, out Cause? beyond))
                    worst = Worse(worst, beyond);
            }

            if (worst is not null)
                causes.Add(index, worst);
        }

        var effects = new List<EnvironmentEffects.Effect>();
        foreach (PlannedStage stage in Enumerable.Reverse(environment.Effects))
            if (causes.TryGetValue(stage.Index, out Cause? cause))
                effects.Add(new EnvironmentEffects.Effect(stage, OutputOf(_outcomes[stage.Index]!), new UndoCause(cause.Stage, cause.Reason)));
        return EnvironmentEffects.WithoutKept(effects);
    }

    /// <summary>Why a stage proves nothing of those before it; null where it does, or need not.</summary>
    private Cause? CauseOf(PlannedStage stage)
    {
        switch (_outcomes[stage.Index])
        {
            case StageOutcome.Failed { Failure.IsImageAtFault: true }:
                return new Cause(UndoReason.ImageAtFault, stage.Index, stage.Name);
            case StageOutcome.Failed or StageOutcome.TimedOut:
                return new Cause(UndoReason.Failed, stage.Index, stage.Name);
            case StageOutcome.Cancelled when _cancelled && _setup.LeavesOnCancel:
            case null when _cancelled && _setup.LeavesOnCancel && _stoppedBy is null:
                return null; // it is left as it is, to go on later
            case StageOutcome.Cancelled:
                return new Cause(UndoReason.Cancelled, stage.Index, _cancelled ? stage.Name : _stoppedBy ?? stage.Name);
            case StageOutcome.Skipped skipped when skipped.Cause is not SkipCause.NotSelected && !IsByCondition(skipped):
            case null when _selected[stage.Index] && !stage.Inputs.Any(input => IsByCondition(_outcomes[input.Index])):
                return new Cause(UndoReason.NotRun, stage.Index, _stoppedBy ?? stage.Name);
            default:
                return null;
        }
    }

    private static Cause? Worse(Cause? one, Cause? other) =>
        one is null ? other : other is null || (one.Reason, one.Index).CompareTo((other.Reason, other.Index)) <= 0 ? one : other;

    /// <param name="Reason">The worst comes first: what blames the image is what is told of it.</param>
    /// <param name="Index">The first in the plan's order comes first.</param>
    /// <param name="Stage">The stage that is named.</param>
    private sealed record Cause(UndoReason Reason, int Index, string Stage);
}
