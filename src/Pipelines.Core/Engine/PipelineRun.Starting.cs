using Pipelines.Core.Model;

namespace Pipelines.Core.Engine;

/// <content>Starting stages: jobs, locks, conditions.</content>
internal sealed partial class PipelineRun
{
    private readonly StageQueue _ready;
    private readonly StageQueue _readyAlways;
    private readonly LockTable _locks;

    private void MakeReady(PlannedStage stage) => (stage.Always ? _readyAlways : _ready).Add(stage);

    private void MakeReady(IReadOnlyList<PlannedStage> stages)
    {
        foreach (PlannedStage stage in stages)
            MakeReady(stage);
    }

    private void StartReady()
    {
        while (true)
        {
            StartUndos();
            if (_running >= _setup.Jobs)
                return;

            // Clean-up and notices come after what they are to tell of: while something is being undone, or may be, they wait.
            if (!_ready.TryTake(out PlannedStage? stage) && !(_runningUndos == 0 && _undecided.Count == 0 && _readyAlways.TryTake(out stage)))
                return;
            StartIfItMay(stage!);
        }
    }

    private void StartIfItMay(PlannedStage stage)
    {
        if (_locks.MustWait(stage))
        {
            if (stage.Locks.Count > 1)
                MakeReady(_locks.Wake(stage.Locks)); // it may have been woken for a lock that it does not take now: the next in line can have it
            return;
        }

        if (Refused(stage) is { } outcome)
        {
            MakeReady(_locks.Wake(stage.Locks)); // as above
            End(stage.Index, outcome);
            return;
        }

        _locks.Hold(stage.Locks);
        _running++;
        CountRunning(stage, +1);
        _startedAt[stage.Index] = _hub.Now;
        _hub.Publish(new RunEvent.StageStarted(_hub.Now, stage));
        object?[] inputs = stage.Inputs.Count == 0 ? [] : [.. stage.Inputs.Select(input => OutputOf(_outcomes[input.Index]!))];
        new StageExecution(stage, inputs, _setup, _hub, _stageEnded).Start(stage.Always ? _setup.Force : _cancelRunning.Token);
    }

    /// <summary>Asks the stage's conditions; null where all hold.</summary>
    private StageOutcome? Refused(PlannedStage stage)
    {
        foreach (Condition condition in stage.Conditions)
        {
            try
            {
                if (!condition.Holds(_setup.Run))
                    return new StageOutcome.Skipped(new SkipCause.Condition(condition.Description));
            }
#pragma warning disable CA1031 // the script's own code, whose failure is the stage's
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Failure failure = Failures.Of(exception, _hub.Masker);
                return new StageOutcome.Failed(failure with
                {
                    What = $"The condition of '{stage.Name}' failed: {condition.Description}",
                    Evidence = failure.Evidence is null ? failure.What : $"{failure.What}\n{failure.Evidence}",
                });
            }
        }

        return null;
    }

    private static object? OutputOf(StageOutcome outcome) => outcome switch
    {
        StageOutcome.Succeeded succeeded => succeeded.Output,
        StageOutcome.Restored restored => restored.Output,
        _ => throw new InvalidOperationException("a stage was started without its inputs"),
    };
}
