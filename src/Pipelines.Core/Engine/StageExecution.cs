using Pipelines.Core.Model;

namespace Pipelines.Core.Engine;

/// <summary>One stage at work: its attempts, its timeout, and the end of our patience with a stage that ignores cancellation. It ends exactly once, whatever the stage does.</summary>
/// <remarks>The stage's own code never runs on the thread that watches it, so that even one that blocks without an <c>await</c> is given up in time.</remarks>
#pragma warning disable CA1001 // _end has neither timer nor wait handle, so there is nothing to free; disposing it would race with a stage that was given up
internal sealed class StageExecution : IThreadPoolWorkItem
#pragma warning restore CA1001
{
    private readonly PlannedStage _stage;
    private readonly object?[] _inputs;
    private readonly RunSetup _setup;
    private readonly EventHub _hub;
    private readonly Action<StageExecution, StageOutcome> _ended;
    private readonly StageReporter _reporter;
    private readonly CancellationTokenSource _end = new();
    private readonly long _started;
    private readonly Lock _lock = new();
    private Reason _reason;
    private bool _isOver;
    private int _attempts;
    private ITimer? _timeout;
    private ITimer? _grace;
    private CancellationTokenRegistration _cancelled;
    private CancellationTokenRegistration _forced;

    public StageExecution(PlannedStage stage, object?[] inputs, RunSetup setup, EventHub hub, Action<StageExecution, StageOutcome> ended)
    {
        _stage = stage;
        _inputs = inputs;
        _setup = setup;
        _hub = hub;
        _ended = ended;
        _reporter = new StageReporter(stage, hub);
        _started = setup.Time.GetTimestamp();
    }

    private enum Reason
    {
        None,
        Cancelled,
        TimedOut,
    }

    public PlannedStage Stage => _stage;

    public int Attempts => Volatile.Read(ref _attempts);

    public IReadOnlyList<StageReport> Reports => _reporter.Reports;

    public TimeSpan Elapsed => _setup.Time.GetElapsedTime(_started);

    public void Start(CancellationToken cancellationToken)
    {
        _timeout = _setup.Time.CreateTimer(static self => ((StageExecution)self!).Stop(Reason.TimedOut), this, _stage.Timeout, Timeout.InfiniteTimeSpan);
        _cancelled = cancellationToken.UnsafeRegister(static self => ((StageExecution)self!).Stop(Reason.Cancelled), this);
        _forced = _setup.Force.UnsafeRegister(static self => ((StageExecution)self!).GiveUp(), this);
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        StageOutcome outcome;
        try
        {
            outcome = await AttemptAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // a failure is a value, even that of the engine itself: a stage without an end would hang the run
        catch (Exception exception)
#pragma warning restore CA1031
        {
            outcome = new StageOutcome.Failed(Failures.Of(exception, _hub.Masker));
        }

        End(outcome);
    }

    private async Task<StageOutcome> AttemptAsync()
    {
        var context = new StageContext(_stage.Name, _setup.Run, _reporter, _setup.SecretsOf(_stage), _setup.Time)
        {
            ForceToken = _setup.Force,
            Terminal = _setup.Terminal,
            Tests = _setup.Tests,
            IsRetaken = _setup.Resumption?.IsRetaken(_stage) == true,
            Effects = _setup.Journal is { } journal ? new Journal.StageEffects(_stage, journal, isUndo: false) : null,
        };
        while (true)
        {
            int attempt = Interlocked.Increment(ref _attempts);
            try
            {
                return new StageOutcome.Succeeded(await _stage.Behaviour.RunAsync(_inputs, context, _end.Token).ConfigureAwait(false));
            }
#pragma warning disable CA1031 // inside the engine a failure is a value
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (Ended(exception) is { } ended)
                    return ended;
                if (exception is WaitingForHumanException waiting)
                    return new StageOutcome.Skipped(new SkipCause.WaitingForHuman(_hub.Masker.Mask(waiting.What)) { Advice = waiting.Advice is { } advice ? _hub.Masker.Mask(advice) : null });
                Failure failure = Failures.Of(exception, _hub.Masker);
                if (attempt >= _stage.Retry.MaxAttempts || !TransientErrors.IsTransient(exception))
                    return new StageOutcome.Failed(failure);

                TimeSpan delay = _stage.Retry.DelayAfter(attempt);
                _hub.Publish(new RunEvent.StageRetrying(_hub.Now, _stage, attempt, _stage.Retry.MaxAttempts, delay, failure), _reporter);
                try
                {
                    await Task.Delay(delay, _setup.Time, _end.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return Ended(exception)!;
                }
            }
        }
    }

    /// <summary>How the stage ended where it was asked to end; null where it was not.</summary>
    private StageOutcome? Ended(Exception exception)
    {
        switch (_reason)
        {
            case Reason.Cancelled:
                if (exception is not OperationCanceledException) // it may be a failure of its own that came at the same moment: it must not be lost
                    _reporter.Log(LogLevel.Warning, $"While it was being cancelled: {Failures.Of(exception, _hub.Masker)}");
                return new StageOutcome.Cancelled();
            case Reason.TimedOut:
                // A stage that noticed its end by itself often says what it was waiting for: that is worth more than a bare "cancelled".
                return TimedOut(exception is OperationCanceledException ? null : Failures.Of(exception, _hub.Masker).ToString());
            default:
                return null;
        }
    }

    private StageOutcome.TimedOut TimedOut(string? lastSeen) => new(_stage.Timeout, new Failure(
        $"'{_stage.Name}' was not done after {Durations.Text(_stage.Timeout)}.",
        lastSeen,
        "Look at its last log lines for what it waited for; give it more time with WithTimeout(…) if that is normal.",
        nameof(TimeoutException),
        FailureKind.Failed));

    private void Stop(Reason reason)
    {
        lock (_lock)
        {
            if (_isOver || _reason != Reason.None)
                return;
            _reason = reason;
            _grace = _setup.Time.CreateTimer(static self => ((StageExecution)self!).GiveUp(), this, _setup.GracePeriod, Timeout.InfiniteTimeSpan);
        }

        _ = _end.CancelAsync(); // the stage's own callbacks may block or throw: not on this thread
    }

    private void GiveUp()
    {
        Stop(Reason.Cancelled); // for a forced end, which may be the first that the stage hears of
        if (_setup.Force.IsCancellationRequested)
        {
            End(_reason == Reason.TimedOut ? TimedOut(null) : new StageOutcome.Cancelled());
            return;
        }

        string gaveUp = $"It did not end within {Durations.Text(_setup.GracePeriod)} of being asked to, and was given up. It may still be at work.";
        _reporter.Log(LogLevel.Warning, gaveUp);
        End(_reason == Reason.TimedOut ? TimedOut(gaveUp) : new StageOutcome.Cancelled());
    }

    private void End(StageOutcome outcome)
    {
        lock (_lock)
        {
            if (_isOver)
                return;
            _isOver = true;
        }

        _timeout?.Dispose();
        _grace?.Dispose();
        _cancelled.Unregister();
        _forced.Unregister();
        _reporter.Close();
        _ended(this, outcome);
    }
}
