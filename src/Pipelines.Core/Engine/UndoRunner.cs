using Pipelines.Core.Model;

namespace Pipelines.Core.Engine;

/// <summary>Takes back the effects of an environment's stages, newest first, each once. One that cannot be undone keeps no other from being undone.</summary>
internal sealed class UndoRunner(RunSetup setup, EventHub hub)
{
    private const int MaxAttempts = 4;
    private static readonly RetryPolicy Retry = new(MaxAttempts) { Delay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(10) };

    /// <param name="effects">The stages with their outputs, newest first.</param>
    public async Task<IReadOnlyList<UndoResult>> RunAsync(IReadOnlyList<EnvironmentEffects.Effect> effects)
    {
        var results = new List<UndoResult>(effects.Count);
        foreach (EnvironmentEffects.Effect effect in effects)
        {
            hub.Publish(new RunEvent.UndoStarted(hub.Now, effect.Stage, effect.Cause.Stage));
            if (setup.Resumption?.UndoOf(effect.Stage) is { } done) // by an earlier process of this run
            {
                foreach (StageReport told in done.Reports)
                    hub.Publish(new RunEvent.StageReported(hub.Now, effect.Stage, told));
                hub.Publish(new RunEvent.UndoEnded(hub.Now, effect.Stage, done.Result!));
                results.Add(done.Result!);
                continue;
            }

            setup.Journal?.UndoBegan(effect.Stage, effect.Cause.Stage);
            long started = setup.Time.GetTimestamp();
            var reporter = new StageReporter(effect.Stage, hub);
            UndoReport? report = null;
            Failure? failure = null;
            try
            {
                (report, failure) = await UndoAsync(effect.Stage, effect.Output, effect.Cause, reporter).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // an undo that fails is reported, and the next one still runs
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = Failures.Of(exception, hub.Masker);
            }

            reporter.Close();
            var result = new UndoResult(effect.Stage.Name, effect.Cause.Stage, report, failure, setup.Time.GetElapsedTime(started));
            setup.Journal?.UndoEnded(effect.Stage, result, reporter.Reports);
            hub.Publish(new RunEvent.UndoEnded(hub.Now, effect.Stage, result));
            results.Add(result);
        }

        return results;
    }

    private async Task<(UndoReport? Report, Failure? Failure)> UndoAsync(PlannedStage stage, object? output, UndoCause cause, StageReporter reporter)
    {
        if (setup.Force.IsCancellationRequested)
            return (null, Ended(stage, "was not started", "the run was told to end at once", null));
        using var limit = new CancellationTokenSource(setup.UndoTimeout, setup.Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, setup.Force);
        using var giveUp = new CancellationTokenSource(Timeout.InfiniteTimeSpan, setup.Time);
        using CancellationTokenRegistration patience = limit.Token.UnsafeRegister(static state => ((Action)state!)(), () => giveUp.CancelAfter(setup.GracePeriod));
        using CancellationTokenRegistration force = setup.Force.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), giveUp);
        var context = new StageContext(stage.Name, setup.Run, reporter, setup.SecretsOf(stage), setup.Time)
        {
            ForceToken = setup.Force,
            Undoing = cause,
            Effects = setup.Journal is { } journal ? new Journal.StageEffects(stage, journal, isUndo: true) : null,
        };
        CancellationToken token = end.Token; // the source may be disposed before an undo that was given up looks at it
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                // On a thread of its own, so that an undo that blocks is given up too.
                UndoReport report = await Task.Run(() => stage.Behaviour.Undo!(output, context, token), CancellationToken.None).WaitAsync(giveUp.Token).ConfigureAwait(false);
                return (report with { Summary = hub.Masker.Mask(report.Summary) }, null);
            }
#pragma warning disable CA1031 // as above
            catch (Exception exception)
#pragma warning restore CA1031
            {
                string? lastSeen = exception is OperationCanceledException ? null : Failures.Of(exception, hub.Masker).ToString();
                if (setup.Force.IsCancellationRequested)
                    return (null, Ended(stage, "was broken off", "the run was told to end at once", lastSeen));
                if (limit.IsCancellationRequested)
                    return (null, Ended(stage, "was given up", $"it was not done after {Durations.Text(setup.UndoTimeout)}", lastSeen));
                Failure failure = Failures.Of(exception, hub.Masker);
                if (attempt >= MaxAttempts || !TransientErrors.IsTransient(exception))
                    return (null, failure);
                TimeSpan delay = Retry.DelayAfter(attempt);
                hub.Publish(new RunEvent.StageRetrying(hub.Now, stage, attempt, MaxAttempts, delay, failure));
                try
                {
                    await Task.Delay(delay, setup.Time, token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return (null, failure);
                }
            }
        }
    }

    private static Failure Ended(PlannedStage stage, string how, string why, string? lastSeen) => new(
        $"The undo of '{stage.Name}' {how}: {why}.",
        lastSeen,
        $"What '{stage.Name}' did may still stand in '{stage.Environment}'. Look at what runs there and undo it by hand.",
        nameof(TimeoutException),
        FailureKind.Failed);
}
