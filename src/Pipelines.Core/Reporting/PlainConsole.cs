using System.Text;
using Pipelines.Core.Hosts;

namespace Pipelines.Core.Reporting;

/// <summary>
/// The console of plain lines. Where the host folds groups, a stage's lines are one group, printed when the stage ends; elsewhere each line is printed at once
/// with its stage's name in front. Either way a line is never split and always says whose it is.
/// </summary>
internal sealed class PlainConsole(TextWriter output, CiHost host, bool color, StageLogs? logs = null) : IRunObserver
{
    private const int MaxPrefix = 24;

    private readonly RunRecord _record = new();
    private readonly Ink _ink = new(color);
    private readonly Dictionary<PlannedStage, Voice> _voices = [];
    private readonly Lock _lock = new();
    private int _prefixWidth;

    public void OnEvent(RunEvent runEvent)
    {
        _record.Apply(runEvent);
        switch (runEvent)
        {
            case RunEvent.RunStarted started:
                foreach (PlannedStage stage in started.Plan.Stages)
                    _prefixWidth = Math.Max(_prefixWidth, Math.Min(MaxPrefix, stage.Name.Length));
                Print(_ink.Bold(LogText.Line(started.Plan.Name)) + _ink.Dim(" · " + RunFacts.Line(started.Run)) + "\n");
                break;
            case RunEvent.StageStarted started:
                _voices[started.Stage] = new Voice(started.At);
                Say(started.Stage, _ink.Dim("▸ started"));
                break;
            case RunEvent.StageLogged logged:
                Log(logged);
                break;
            case RunEvent.StageRetrying retrying:
                string attempt = $"attempt {retrying.Attempt} of {retrying.MaxAttempts} failed ({LogText.Line(retrying.Failure.What)}), next in {Amounts.Duration(retrying.Delay)}";
                Say(retrying.Stage, _ink.Yellow("↻ " + attempt));
                break;
            case RunEvent.StageEnded ended:
                End(ended);
                break;
            case RunEvent.UndoStarted undo:
                _voices[undo.Stage] = new Voice(undo.At);
                Say(undo.Stage, _ink.Yellow($"↩ undoing, because '{LogText.Line(undo.Because)}' did not succeed"));
                break;
            case RunEvent.UndoEnded undo:
                CloseVoice(undo.Stage, "undo", undo.At);
                Say(undo.Stage, undo.Result.Failure is { } failure ? _ink.Red("✗ NOT undone: " + LogText.Line(failure.What)) : _ink.Yellow("↩ undone: " + LogText.Line(undo.Result.Report?.Summary ?? "")));
                Annotate(undo.Result.Failure is null ? LogLevel.Warning : LogLevel.Error, $"undo of {undo.Stage.Name}", undo.Result.Failure?.ToString() ?? undo.Result.Report?.Summary);
                break;
            case RunEvent.RunWarning warning:
                Print(_ink.Yellow("warning: ") + Safe(LogText.Block(warning.Text).Replace("\n", "\n         ", StringComparison.Ordinal)) + "\n");
                Annotate(LogLevel.Warning, "warning", warning.Text);
                break;
            case RunEvent.RunEnded:
                Print(new ConsoleSummary(_record, _ink, stage => logs?.PathOf(stage)).Compose(), neutralise: true);
                break;
        }
    }

    public Task CompleteAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

    private void Log(RunEvent.StageLogged logged)
    {
        if (!_voices.TryGetValue(logged.Stage, out Voice? voice))
            _voices[logged.Stage] = voice = new Voice(logged.At);
        string line = LogText.Line(logged.Text, color);
        if (line.Length > Transcript.MaxLineLength)
            line = LogText.Cut(line, Transcript.MaxLineLength, $"… ({line.Length - Transcript.MaxLineLength} more characters in the log file){(color ? "\u001b[0m" : "")}");
        line = logged.Level switch
        {
            LogLevel.Warning => _ink.Yellow("warning: " + line),
            LogLevel.Error => _ink.Red("error: " + line),
            _ => line,
        };
        if (!voice.Lines.Admit(line))
            return;
        if (host.HasGroups)
            voice.Grouped.Add(line);
        else
            Print(Prefix(logged.Stage) + Safe(line) + "\n");
    }

    private void End(RunEvent.StageEnded ended)
    {
        string duration = Amounts.Duration(ended.Duration);
        string what = ended.Outcome switch
        {
            StageOutcome.Skipped skipped => $"skipped {LogText.Line(skipped.Cause.ToString())}",
            StageOutcome.TimedOut timedOut => $"timed out after {Amounts.Duration(timedOut.Limit)}: {LogText.Line(timedOut.Failure.What)}",
            StageOutcome.Failed failed => $"failed after {duration}: {LogText.Line(failed.Failure.What)}",
            StageOutcome.Cancelled => "cancelled",
            StageOutcome.Restored => "restored: done earlier, not again",
            _ => $"{ended.Outcome.Word} in {duration}",
        };
        CloseVoice(ended.Stage, ended.Outcome.Word, ended.At);
        Say(ended.Stage, _ink.Outcome(ended.Outcome, $"{Words.Symbol(ended.Outcome)} {what}"));
        Failure? failure = _record.Of(ended.Stage).Failure;
        if (failure is not null)
            Annotate(LogLevel.Error, $"{ended.Stage.Name} {ended.Outcome.Word}", failure.ToString());
    }

    /// <summary>Prints what is still to be said of a stage's lines: the group, or the end of a flood.</summary>
    private void CloseVoice(PlannedStage stage, string title, DateTimeOffset at)
    {
        if (!_voices.Remove(stage, out Voice? voice) || voice.Lines.Count == 0)
            return;
        var block = new StringBuilder();
        string id = $"stage_{stage.Index + 1}_{at.ToUnixTimeMilliseconds()}";
        string prefix = host.HasGroups ? "" : Prefix(stage);
        if (host.HasGroups)
            block.Append(host.GroupStart(id, $"{LogText.Line(stage.Name)}: {title} ({Amounts.Count(voice.Lines.Count, "line")})", voice.StartedAt)).Append('\n');
        foreach (string line in voice.Grouped)
            block.Append(Safe(line)).Append('\n');
        if (voice.Lines.Hidden > 0)
            block.Append(prefix).Append(_ink.Dim($"… {voice.Lines.Hidden} more {(voice.Lines.Hidden == 1 ? "line" : "lines")} in {logs?.PathOf(stage) ?? "the stage's log file"}")).Append('\n');
        foreach (string line in voice.Lines.Tail)
            block.Append(prefix).Append(Safe(line)).Append('\n');
        if (host.HasGroups)
            block.Append(host.GroupEnd(id, at)).Append('\n');
        if (block.Length > 0)
            Print(block.ToString());
    }

    private void Say(PlannedStage stage, string text) => Print(Prefix(stage) + Safe(text) + "\n");

    private void Annotate(LogLevel level, string title, string? text)
    {
        if (host.Annotation(level, LogText.Line(title), LogText.Cut(LogText.Block(text ?? ""), 4000)) is { } line)
            Print(line + "\n");
    }

    private string Prefix(PlannedStage stage) => _ink.Stage(stage.Index, Safe(LogText.Cut(LogText.Line(stage.Name), _prefixWidth).PadRight(_prefixWidth))) + _ink.Dim(" │ ");

    private string Safe(string line) => host.Neutralise(line);

    /// <summary>Writes whole lines in one call, so that nothing comes between their parts.</summary>
    private void Print(string lines, bool neutralise = false)
    {
        if (neutralise)
            lines = string.Join('\n', lines.Split('\n').Select(host.Neutralise));
        lock (_lock)
            output.Write(lines);
    }

    private sealed class Voice(DateTimeOffset startedAt)
    {
        public DateTimeOffset StartedAt { get; } = startedAt;

        public Transcript Lines { get; } = new();

        public List<string> Grouped { get; } = [];
    }
}
