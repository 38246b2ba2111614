using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Core.GitOps.Locks;

/// <summary>An environment that this run holds, renewed while it does. Who loses it does nothing more to the environment.</summary>
[SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "a renewal that the timer has begun may still wait for it; its wait handle is never asked for, so there is nothing to free")]
internal sealed class EnvironmentLease : IAsyncDisposable
{
    private const string NotRenewed = "it could not be renewed in time, so that others may take it";

    /// <summary>A look that is younger than this is not repeated before an effect: a person who takes the lock away is not as fast.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private static readonly ConcurrentDictionary<(string Run, string App, string Environment), EnvironmentLease> s_held = new();

    private readonly (string Run, string App, string Environment) _key;
    private readonly RefDocuments _refs;
    private readonly TimeProvider _time;
    private readonly CancellationToken _forceToken;
    private readonly SemaphoreSlim _busy = new(1);
    private readonly CancellationTokenSource _lostSource = new();
    private readonly ITimer _timer;
    private StageContext _speaker;
    private RefDocument? _document;
    private RefDocument? _found;
    private LockEntry _entry;
    private long _renewed;
    private (long Timestamp, DateTimeOffset Clock) _seen;
    private volatile string? _lost;
    private bool _ended;

    public EnvironmentLease(string app, string environment, RefDocuments refs, RefDocument? document, LockEntry entry, StageContext context)
    {
        _key = (entry.Run, app, environment);
        _refs = refs;
        _document = document;
        _entry = entry;
        _speaker = context;
        _time = context.Time;
        _forceToken = context.ForceToken;
        _renewed = _time.GetTimestamp();
        _seen = Now;
        s_held[_key] = this;
        _timer = _time.CreateTimer(static lease => _ = ((EnvironmentLease)lease!).TickAsync(), this, LockTimes.Renewal, LockTimes.Renewal);
    }

    /// <summary>Cancelled when the lock is lost.</summary>
    public CancellationToken Lost => _lostSource.Token;

    /// <summary>Who has had the environment since; null while it is ours, and where it was lost to nobody.</summary>
    public string? TakenBy { get; private set; }

    /// <summary>The lease of a run; null where it has none: then nothing was to be locked.</summary>
    public static EnvironmentLease? Find(string run, string app, string environment) => s_held.GetValueOrDefault((run, app, environment));

    /// <summary>The lease of the run and environment that a stage is about; what happens to it is told in that stage's log.</summary>
    public static EnvironmentLease? Find(DeploymentEnvironment environment, StageContext context)
    {
        EnvironmentLease? lease = Find(context.Run.Id, environment.App, environment.Name);
        if (lease is not null)
            lease._speaker = context;
        return lease;
    }

    /// <summary>A lease that another run took while this one was not at work.</summary>
    public static EnvironmentLease Forfeited(string app, string environment, RefDocuments refs, LockEntry ours, string takenBy, StageContext context)
    {
        var lease = new EnvironmentLease(app, environment, refs, null, ours, context);
        lease.Lose(takenBy, takenBy);
        return lease;
    }

    /// <summary>Gives back all that a run still holds: what has no stage for that, or did not come to it.</summary>
    public static async Task EndAsync(string run)
    {
        foreach (EnvironmentLease lease in s_held.Where(held => held.Key.Run == run).Select(held => held.Value).ToArray())
            await lease.DisposeAsync().ConfigureAwait(false);
    }

    /// <exception cref="EnvironmentLockException">Somebody else has it now, or may have.</exception>
    public void ThrowIfLost()
    {
        if (_lost is null && IsOver())
            Lose(NotRenewed, null);
        if (_lost is not null)
            throw Error();
    }

    /// <summary>Before every effect on the environment: asks whether the lock is still ours, where that was not seen right now.</summary>
    /// <exception cref="EnvironmentLockException">Somebody else has it now, or may have.</exception>
    public Task ConfirmAsync(CancellationToken cancellationToken)
    {
        ThrowIfLost();
        return IsFresh() ? Task.CompletedTask : CheckAsync(cancellationToken);
    }

    /// <summary>Before a verdict on the environment: asks whether the lock is still ours. Where nobody answers, it is until its life is over.</summary>
    /// <exception cref="EnvironmentLockException">Somebody else has it now, or may have.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        ThrowIfLost();
        await _busy.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_ended && _lost is null)
                await LookAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PipelineException exception)
        {
            _speaker.Log.Warning($"Whether the lock of '{_key.Environment}' is still this run's could not be asked: {exception.What}");
        }
        finally
        {
            _busy.Release();
        }

        ThrowIfLost();
    }

    /// <summary>Before an undo: makes sure that the environment is this run's to change, taking it again where nobody has it.</summary>
    /// <returns>Null where it is ours; else who has had it since.</returns>
    public async Task<string?> ReclaimAsync(CancellationToken cancellationToken)
    {
        await _busy.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (TakenBy is null && (_lost is not null || IsOver() || !IsFresh()))
            {
                await LookAsync(cancellationToken).ConfigureAwait(false);
                if (TakenBy is null && (_lost is not null || IsOver()))
                    await RetakeAsync(cancellationToken).ConfigureAwait(false);
            }

            return TakenBy;
        }
        finally
        {
            _busy.Release();
        }
    }

    /// <summary>One renewal; the timer calls it.</summary>
    internal async Task RenewAsync()
    {
        await _busy.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_ended || _lost is not null)
                return;
            if (!await WriteAsync(_document, _forceToken).ConfigureAwait(false))
                await LookAsync(_forceToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PipelineException or OperationCanceledException)
        {
            _speaker.Log.Warning($"The lock of '{_key.Environment}' could not be renewed; it is tried again: {exception.Message}"); // until its life is over
        }
        finally
        {
            _busy.Release();
        }
    }

    /// <summary>Gives it back. That it fails changes nothing about what was done: it expires by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _busy.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_ended)
                return;
            _ended = true;
            s_held.TryRemove(_key, out _);
            if (_document is not null && !await _refs.DeleteAsync(_document, _forceToken).ConfigureAwait(false))
                _speaker.Log.Warning($"The lock of '{_key.Environment}' was somebody else's already when this run gave it back.");
        }
        catch (Exception exception) when (exception is PipelineException or OperationCanceledException)
        {
            _speaker.Log.Warning($"The lock of '{_key.Environment}' could not be given back; it expires at {DocumentJson.Time(_entry.Expires)}: {exception.Message}");
        }
        finally
        {
            _busy.Release();
            _refs.Dispose();
        }
    }

    private (long Timestamp, DateTimeOffset Clock) Now => (_time.GetTimestamp(), _time.GetUtcNow());

    /// <summary>By both clocks: the monotonic one stands still while a machine sleeps.</summary>
    private bool IsFresh() => _time.GetElapsedTime(_seen.Timestamp) < Fresh && (_time.GetUtcNow() - _seen.Clock).Duration() < Fresh;

    private bool IsOver() => _time.GetElapsedTime(_renewed) >= LockTimes.Life;

    private async Task TickAsync()
    {
        if (_lost is null && IsOver())
            Lose(NotRenewed, null); // also while a renewal hangs
        await RenewAsync().ConfigureAwait(false);
    }

    private async Task<bool> WriteAsync(RefDocument? expected, CancellationToken cancellationToken)
    {
        long started = _time.GetTimestamp(); // its life begins before the push, not when the answer is there
        LockEntry renewed = _entry with { Expires = _time.GetUtcNow() + LockTimes.Life };
        if (await _refs.WriteAsync(EnvironmentLocks.Holder(_key.App, _key.Environment), renewed.ToJson(), expected, $"renewed by run {_entry.Run}", cancellationToken).ConfigureAwait(false) is not { } written)
            return false;
        (_document, _entry, _renewed, _seen) = (written, renewed, started, Now);
        return true;
    }

    /// <summary>Looks who has it.</summary>
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        RefDocument? now = await _refs.FindAsync(EnvironmentLocks.Holder(_key.App, _key.Environment), cancellationToken).ConfigureAwait(false);
        LockEntry? other = now is null ? null : LockEntry.Parse(now.Text);
        _found = now;
        if (now is not null && other?.Run == _entry.Run && other.Released is null)
        {
            if (now.Commit != _document?.Commit)
                (_document, _entry, _renewed) = (now, other, _time.GetTimestamp()); // only the answer to our renewal was lost
            _seen = Now;
            return;
        }

        _document = null;
        if (now is null)
            Lose("its ref is gone", null);
        else if (other?.Released is { } by)
            Lose(by, null);
        else
            Lose($"taken over by {other?.Text ?? "somebody whose entry cannot be read"}", other?.Text ?? "somebody else");
    }

    private async Task RetakeAsync(CancellationToken cancellationToken)
    {
        if (await WriteAsync(_found, cancellationToken).ConfigureAwait(false))
        {
            _lost = null;
            return;
        }

        await LookAsync(cancellationToken).ConfigureAwait(false);
        TakenBy ??= "somebody who was faster";
    }

    private void Lose(string why, string? takenBy)
    {
        TakenBy ??= takenBy;
        if (_lost is not null)
            return;
        _lost = why;
        _speaker.Log.Error($"The lock of '{_key.Environment}' was lost: {why}. Nothing more is deployed there by this run.");
        _ = _lostSource.CancelAsync(); // whoever waits for it may block: not on the timer's thread
    }

    private EnvironmentLockException Error() =>
        new(_key.Environment, $"The lock of '{_key.Environment}' was lost, so nothing more is done there.", $"  {_lost}", "Look at what runs there with 'status', and run again.");
}
