namespace Pipelines.Core.Reporting;

/// <summary>The console of a terminal: the stages as they run, then the same summary as everywhere. Lines of tools are in the log files; the last one of each running stage is shown.</summary>
internal sealed class LiveConsole(TextWriter output, bool color, TimeProvider time, StageLogs? logs = null) : IRunObserver, IDisposable
{
    private readonly RunRecord _record = new();
    private readonly LiveState _state = new();
    private readonly CancellationTokenSource _ended = new();
    private Task _view = Task.CompletedTask;

    public void OnEvent(RunEvent runEvent)
    {
        _record.Apply(runEvent);
        _state.Apply(runEvent);
        switch (runEvent)
        {
            case RunEvent.RunStarted started:
                output.Write(new Ink(color).Bold(LogText.Line(started.Plan.Name)) + new Ink(color).Dim(" · " + RunFacts.Line(started.Run)) + "\n");
                _view = Task.Run(() => LiveView.ShowAsync(output, color, _state, time, _ended.Token));
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

    public void Dispose() => _ended.Dispose();
}
