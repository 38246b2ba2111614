namespace Pipelines.Core.Reporting;

/// <summary>What the live view shows, kept apart from the drawing: events come in on one thread, pictures are taken on another.</summary>
internal sealed class LiveState
{
    private readonly Lock _lock = new();
    private readonly List<Line> _lines = [];
    private DateTimeOffset _startedAt;

    public void Apply(RunEvent runEvent)
    {
        lock (_lock)
        {
            switch (runEvent)
            {
                case RunEvent.RunStarted started:
                    _startedAt = started.At;
                    foreach (PlannedStage stage in started.Plan.Stages)
                        _lines.Add(new Line(LogText.Line(stage.Name), Phase.Waiting, null, "", null, TimeSpan.Zero));
                    break;
                case RunEvent.StageStarted started:
                    Change(started.Stage, line => line with { Phase = Phase.Running, StartedAt = started.At });
                    break;
                case RunEvent.StageLogged logged:
                    string text = LogText.Cut(LogText.Line(logged.Text), 400).Trim();
                    if (text.Length > 0)
                        Change(logged.Stage, line => line with { Note = text });
                    break;
                case RunEvent.StageRetrying retrying:
                    Change(retrying.Stage, line => line with { Note = $"attempt {retrying.Attempt} of {retrying.MaxAttempts} failed, again in {Amounts.Duration(retrying.Delay)}: {LogText.Line(retrying.Failure.What)}" });
                    break;
                case RunEvent.StageEnded ended:
                    string note = ended.Outcome switch
                    {
                        StageOutcome.Skipped skipped => LogText.Line(skipped.Cause.ToString()),
                        StageOutcome.Failed failed => LogText.Line(failed.Failure.What),
                        StageOutcome.TimedOut timedOut => LogText.Line(timedOut.Failure.What),
                        _ => "",
                    };
                    Change(ended.Stage, line => line with { Phase = Phase.Done, Outcome = ended.Outcome, Took = ended.Duration, Note = note });
                    break;
                case RunEvent.UndoStarted undo:
                    Change(undo.Stage, line => line with { Phase = Phase.Undoing, StartedAt = undo.At, Note = $"undoing, because '{LogText.Line(undo.Because)}' did not succeed" });
                    break;
                case RunEvent.UndoEnded undo:
                    Change(undo.Stage, line => line with { Phase = Phase.Done, Note = undo.Result.Failure is { } failure ? "NOT undone: " + LogText.Line(failure.What) : "undone: " + LogText.Line(undo.Result.Report?.Summary ?? "") });
                    break;
            }
        }
    }

    /// <summary>What is true now, with at most so many lines: running ones and failures first, then what ended last and what comes next.</summary>
    public Picture Take(int maxLines)
    {
        lock (_lock)
        {
            int done = _lines.Count(line => line.Phase == Phase.Done);
            int running = _lines.Count(line => line.Phase is Phase.Running or Phase.Undoing);
            return new Picture(_startedAt, done, running, _lines.Count, _lines.Count <= maxLines ? [.. _lines] : Window(maxLines));
        }
    }

    private Line[] Window(int maxLines)
    {
        var chosen = new SortedSet<int>();
        Choose(line => line.Phase is Phase.Running or Phase.Undoing);
        Choose(line => line.Outcome is { IsFailure: true });
        for (int index = _lines.Count - 1; index >= 0 && chosen.Count < maxLines * 2 / 3; index--)
            if (_lines[index].Phase == Phase.Done)
                chosen.Add(index);
        Choose(line => line.Phase == Phase.Waiting);
        return [.. chosen.Select(index => _lines[index])];

        void Choose(Func<Line, bool> which)
        {
            for (int index = 0; index < _lines.Count && chosen.Count < maxLines; index++)
                if (which(_lines[index]))
                    chosen.Add(index);
        }
    }

    private void Change(PlannedStage stage, Func<Line, Line> change) => _lines[stage.Index] = change(_lines[stage.Index]);

    internal enum Phase
    {
        Waiting,
        Running,
        Undoing,
        Done,
    }

    internal sealed record Line(string Name, Phase Phase, DateTimeOffset? StartedAt, string Note, StageOutcome? Outcome, TimeSpan Took);

    internal sealed record Picture(DateTimeOffset StartedAt, int Done, int Running, int Total, IReadOnlyList<Line> Lines);
}
