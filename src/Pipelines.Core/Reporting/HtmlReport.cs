namespace Pipelines.Core.Reporting;

/// <summary>Writes <c>report.html</c>: one self-contained page with the timeline of the run. It loads nothing, runs no script, and every value in it is encoded.</summary>
internal sealed class HtmlReport(string directory, StageLogs? logs = null) : IRunObserver
{
    private readonly RunRecord _record = new();
    private Task? _writing;
    private readonly Dictionary<PlannedStage, LogTail> _tails = [];

    public void OnEvent(RunEvent runEvent)
    {
        if (_writing is not null)
            return; // what comes after the end, such as a warning about another report, is for the console
        _record.Apply(runEvent);
        switch (runEvent)
        {
            case RunEvent.StageLogged logged:
                if (!_tails.TryGetValue(logged.Stage, out LogTail? tail))
                    _tails[logged.Stage] = tail = new LogTail();
                tail.Add(logged.Level, logged.Text);
                break;
            case RunEvent.RunEnded:
                _writing = Task.Run(() => ReportFile.Write(Path.Combine(directory, "report.html"), new HtmlPage(_record, _tails, logs, directory).Compose()));
                break;
        }
    }

    /// <summary>Waits for the file, which is written beside the other reports.</summary>
    public Task CompleteAsync(CancellationToken cancellationToken) => ReportFile.Written(_writing);
}
