using System.Diagnostics.CodeAnalysis;
using System.Text;
using Pipelines.Core.Model;

namespace Pipelines.Core.Reporting;

/// <summary>Writes <c>events.jsonl</c>: one JSON object per event per line. It is on disk up to the last stage that ended. Of a stage whose tool floods it has the first lines and a count: the stage's log has them all.</summary>
internal sealed class EventsFile(string directory) : IRunObserver, IDisposable
{
    private readonly string _path = Path.Combine(directory, "events.jsonl");
    private readonly StringBuilder _line = new(1024);
    private readonly Dictionary<PlannedStage, int> _logged = [];

    [SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "Dispose does, with an error that names the file when its last bytes cannot be written.")]
    private StreamWriter? _writer;

    public void OnEvent(RunEvent runEvent)
    {
        try
        {
            if (runEvent is RunEvent.StageLogged logged && Counted(logged) > Transcript.MaxLines)
                return;
            if (runEvent is RunEvent.StageEnded ended && _logged.Remove(ended.Stage, out int lines) && lines > Transcript.MaxLines)
                Write(new RunEvent.StageLogged(ended.At, ended.Stage, LogLevel.Info, $"… {lines - Transcript.MaxLines} more lines in logs/{StageLogs.FileName(ended.Stage)}"));
            Write(runEvent);
        }
        catch (Exception exception) when (ReportFileException.IsAboutFile(exception))
        {
            throw new ReportFileException(_path, exception);
        }
    }

    public Task CompleteAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        StreamWriter? writer = _writer;
        _writer = null;
        try
        {
            writer?.Dispose();
        }
        catch (Exception exception) when (ReportFileException.IsAboutFile(exception))
        {
            throw new ReportFileException(_path, exception);
        }
    }

    private int Counted(RunEvent.StageLogged logged) => _logged[logged.Stage] = _logged.GetValueOrDefault(logged.Stage) + 1;

    private void Write(RunEvent runEvent)
    {
        if (_writer is null)
        {
            Directory.CreateDirectory(directory);
            _writer = new StreamWriter(new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), bufferSize: 16 * 1024);
        }

        EventJson.Write(new JsonText(_line), runEvent);
        _writer.Write(_line.Append('\n'));
        _line.Clear();
        if (runEvent is RunEvent.StageEnded or RunEvent.UndoEnded or RunEvent.RunWarning or RunEvent.RunEnded)
            _writer.Flush();
    }
}
