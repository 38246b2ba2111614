namespace Pipelines.Core.Reporting;

/// <summary>The console of a terminal: the stages as they run, then the same summary as everywhere. Lines of tools are in the log files; the last one of each running stage is shown.</summary>
internal sealed class LiveConsole(TextWriter output, bool color, TimeProvider time, StageLogs? logs = null) : IRunObserver, IPausableConsole, IDisposable
{
    private readonly Lock _lock = new();
    private readonly RunRecord _record = new();
    private readonly LiveState _state = new();
    private readonly CancellationTokenSource _ended = new();
    private CancellationTokenSource? _shown;
    private Task _view = Task.CompletedTask;

    public void OnEvent(RunEvent runEvent)
    {
        _record.Apply(runEvent);
        _state.Apply(runEvent);
        switch (runEvent)
        {
            case RunEvent.RunStarted started:
                output.Write(new Ink(color).Bold(LogText.Line(started.Plan.Name)) + new Ink(color).Dim(" · " + RunFacts.Line(started.Run)) + "\n");
                Show();
                break;
            case RunEvent.RunEnded:
                _ended.Cancel();
                break;
        }
    }

    /// <summary>Takes the view off the screen and prints the summary.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        try
        {
            await _view.ConfigureAwait(false);
        }
        finally
        {
            if (_record.Result is not null)
                await output.WriteAsync(new ConsoleSummary(_record, new Ink(color), stage => logs?.PathOf(stage)).Compose().AsMemory(), CancellationToken.None).ConfigureAwait(false);
            await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<IDisposable> PauseAsync()
    {
        Task view;
        CancellationTokenSource? shown;
        lock (_lock)
            (view, shown, _shown) = (_view, _shown, null);
        if (shown is not null)
        {
            await shown.CancelAsync().ConfigureAwait(false);
            await view.ConfigureAwait(false);
            shown.Dispose();
        }

        return new Pause(this);
    }

    public void Dispose()
    {
        _ended.Cancel(); // also where the run did not come to its end: nothing draws on
        _shown?.Dispose();
        _ended.Dispose();
    }

    private void Show()
    {
        lock (_lock)
        {
            if (_ended.IsCancellationRequested || _shown is not null)
                return;
            _shown = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
            CancellationToken end = _shown.Token;
            _view = Task.Run(() => LiveView.ShowAsync(output, color, _state, time, end));
        }
    }

    private sealed class Pause(LiveConsole console) : IDisposable
    {
        public void Dispose() => console.Show();
    }
}
