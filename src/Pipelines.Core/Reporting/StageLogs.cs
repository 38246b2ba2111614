using System.Globalization;
using System.Text;

namespace Pipelines.Core.Reporting;

/// <summary>Writes one log file per stage, under <c>logs/</c> of the run's folder. Every line of the stage is in it, with its time.</summary>
internal sealed class StageLogs(string directory) : IRunObserver, IDisposable
{
    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(1);

    private readonly string _folder = Path.Combine(directory, "logs");
    private readonly Dictionary<PlannedStage, Log> _open = [];
    private readonly HashSet<PlannedStage> _written = [];

    /// <summary>The log of a stage; null while it has none.</summary>
    public string? PathOf(PlannedStage stage) => _written.Contains(stage) ? Path.Combine(_folder, FileName(stage)) : null;

    /// <summary>The log's name: the stage's place in the plan makes it unique, whatever the stage is called.</summary>
    public static string FileName(PlannedStage stage)
    {
        var name = new StringBuilder((stage.Index + 1).ToString("00", CultureInfo.InvariantCulture));
        bool dash = true;
        foreach (char character in stage.Name)
        {
            if (dash && char.IsAsciiLetterOrDigit(character))
                name.Append('-');
            if (char.IsAsciiLetterOrDigit(character))
                name.Append(char.ToLowerInvariant(character));
            dash = !char.IsAsciiLetterOrDigit(character);
            if (name.Length >= 60)
                break;
        }

        return name.Append(".log").ToString();
    }

    public void OnEvent(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunEvent.StageLogged logged:
                Write(logged.Stage, logged.At, Prefix(logged.Level), logged.Text);
                break;
            case RunEvent.StageRetrying retrying:
                Write(retrying.Stage, retrying.At, "RETRY ", $"attempt {retrying.Attempt} of {retrying.MaxAttempts} failed, next in {Amounts.Duration(retrying.Delay)}: {retrying.Failure}");
                break;
            case RunEvent.StageEnded ended:
                if (Reason(ended.Outcome) is { } reason)
                    Write(ended.Stage, ended.At, "ERROR ", reason);
                Close(ended.Stage);
                break;
            case RunEvent.UndoStarted undo:
                Write(undo.Stage, undo.At, "UNDO  ", $"because '{undo.Because}' did not succeed");
                break;
            case RunEvent.UndoEnded undo:
                Write(undo.Stage, undo.At, "UNDO  ", undo.Result.Failure is { } failure ? $"failed: {failure}" : undo.Result.Report?.Summary ?? "done");
                Close(undo.Stage);
                break;
            case RunEvent.RunEnded:
                Dispose();
                break;
        }
    }

    public Task CompleteAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        foreach (PlannedStage stage in new List<PlannedStage>(_open.Keys))
            Close(stage);
    }

    private static string Prefix(LogLevel level) => level switch { LogLevel.Warning => "WARN  ", LogLevel.Error => "ERROR ", _ => "" };

    private static string? Reason(StageOutcome outcome) => outcome switch
    {
        StageOutcome.Failed failed => failed.Failure.ToString(),
        StageOutcome.TimedOut timedOut => $"timed out after {Amounts.Duration(timedOut.Limit)}\n{timedOut.Failure}",
        StageOutcome.Cancelled => "cancelled",
        _ => null,
    };

    private void Write(PlannedStage stage, DateTimeOffset at, string prefix, string text)
    {
        string path = Path.Combine(_folder, FileName(stage));
        try
        {
            Log log = Open(stage, path);
            string time = at.UtcDateTime.ToString("HH:mm:ss.fff ", CultureInfo.InvariantCulture);
            foreach (ReadOnlySpan<char> line in LogText.Block(text).AsSpan().TrimEnd('\n').EnumerateLines())
            {
                log.Writer.Write(time);
                log.Writer.Write(prefix);
                log.Writer.Write(line);
                log.Writer.Write('\n');
            }

            // Somebody may be following the file.
            if (at - log.FlushedAt < FlushEvery)
                return;
            log.Writer.Flush();
            log.FlushedAt = at;
        }
        catch (Exception exception) when (ReportFileException.IsAboutFile(exception))
        {
            throw new ReportFileException(path, exception);
        }
    }

    private Log Open(PlannedStage stage, string path)
    {
        if (_open.TryGetValue(stage, out Log? log))
            return log;
        Directory.CreateDirectory(_folder);
#pragma warning disable CA2000 // closed with the log, when the stage ends
        log = new Log(new StreamWriter(path, append: true));
#pragma warning restore CA2000
        _open[stage] = log;
        _written.Add(stage);
        return log;
    }

    private void Close(PlannedStage stage)
    {
        if (!_open.Remove(stage, out Log? log))
            return;
        try
        {
            log.Writer.Dispose();
        }
        catch (Exception exception) when (ReportFileException.IsAboutFile(exception))
        {
            throw new ReportFileException(Path.Combine(_folder, FileName(stage)), exception);
        }
    }

    private sealed class Log(StreamWriter writer)
    {
        public StreamWriter Writer { get; } = writer;

        public DateTimeOffset FlushedAt { get; set; }
    }
}
