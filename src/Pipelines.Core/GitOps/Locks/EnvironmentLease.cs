using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Core.GitOps.Locks;

/// <summary>An environment that this run holds, renewed while it does. Who loses it does nothing more to the environment.</summary>
[SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "a renewal that the timer has begun may still wait for it; its wait handle is never asked for, so there is nothing to free")]
internal sealed class EnvironmentLease : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<(string Run, string App, string Environment), EnvironmentLease> s_held = new();

    private readonly (string Run, string App, string Environment) _key;
    private readonly RefDocuments _refs;
    private readonly StageContext _context;
    private readonly SemaphoreSlim _busy = new(1);
    private readonly ITimer _timer;
    private RefDocument _document;
    private LockEntry _entry;
    private long _renewed;
    private string? _lost;
    private bool _ended;

    public EnvironmentLease(string app, string environment, RefDocuments refs, RefDocument document, LockEntry entry, StageContext context)
    {
        _key = (entry.Run, app, environment);
        _refs = refs;
        _document = document;
        _entry = entry;
        _context = context;
        _renewed = context.Time.GetTimestamp();
        s_held[_key] = this;
        _timer = context.Time.CreateTimer(static lease => _ = ((EnvironmentLease)lease!).RenewAsync(), this, LockTimes.Renewal, LockTimes.Renewal);
    }

    /// <summary>The lease of a run; null where it has none: then nothing was to be locked.</summary>
    public static EnvironmentLease? Find(string run, string app, string environment) => s_held.GetValueOrDefault((run, app, environment));

    /// <summary>Before every effect on the environment.</summary>
    /// <exception cref="EnvironmentLockException">Somebody else has it now, or may have.</exception>
    public void ThrowIfLost()
    {
        string? lost = _lost ?? (_context.Time.GetElapsedTime(_renewed) >= LockTimes.Life ? "it could not be renewed in time, so that others may take it" : null);
        if (lost is not null)
            throw new EnvironmentLockException(_key.Environment, $"The lock of '{_key.Environment}' was lost, so nothing more is done there.", $"  {lost}", "Look at what runs there with 'status', and run again.");
    }

    /// <summary>One renewal; the timer calls it.</summary>
    internal async Task RenewAsync()
    {
        await _busy.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_ended || _lost is not null)
                return;
            LockEntry renewed = _entry with { Expires = _context.Time.GetUtcNow() + LockTimes.Life };
            if (await _refs.WriteAsync(_document.Name, renewed.ToJson(), _document, $"renewed by run {_entry.Run}", _context.ForceToken).ConfigureAwait(false) is { } written)
            {
                (_document, _entry, _renewed) = (written, renewed, _context.Time.GetTimestamp());
                return;
            }

            RefDocument? now = await _refs.FindAsync(_document.Name, _context.ForceToken).ConfigureAwait(false);
            LockEntry? other = now is null ? null : LockEntry.Parse(now.Text);
            if (now is not null && other?.Run == _entry.Run && other.Released is null)
            {
                (_document, _entry, _renewed) = (now, other, _context.Time.GetTimestamp()); // only the answer to our renewal was lost
                return;
            }

            _lost = other is null ? "its ref is gone" : other.Released is { } by ? by : $"taken over by {other.Text}";
            _context.Log.Error($"The lock of '{_key.Environment}' was lost: {_lost}. Nothing more is deployed there by this run.");
        }
        catch (Exception exception) when (exception is PipelineException or OperationCanceledException)
        {
            _context.Log.Warning($"The lock of '{_key.Environment}' could not be renewed; it is tried again: {exception.Message}"); // until its life is over: then ThrowIfLost stops us
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
            if (_lost is null && !await _refs.DeleteAsync(_document, _context.ForceToken).ConfigureAwait(false))
                _context.Log.Warning($"The lock of '{_key.Environment}' was somebody else's already when this run gave it back.");
        }
        catch (PipelineException exception)
        {
            _context.Log.Warning($"The lock of '{_key.Environment}' could not be given back; it expires at {DocumentJson.Time(_entry.Expires)}: {exception.Message}");
        }
        finally
        {
            _busy.Release();
            _refs.Dispose();
        }
    }
}
