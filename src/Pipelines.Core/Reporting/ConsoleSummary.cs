using System.Text;
using Pipelines.Core.Model;

namespace Pipelines.Core.Reporting;

/// <summary>The end of every console: the table of the stages, what failed and what to do, what was undone, what runs now, the facts.</summary>
internal sealed class ConsoleSummary(RunRecord record, Ink ink, Func<PlannedStage, string?> logOf)
{
    private const int NameWidth = 40;
    private const int ShareWidth = 10;

    private readonly StringBuilder _text = new(2048);

    /// <summary>The whole text, with its last line end.</summary>
    public string Compose()
    {
        Table();
        Analyses();
        Facts();
        foreach (StageRecord stage in RunStory.Failed(record))
            Failure(stage);
        Undos();
        Section("Running now", RunStory.NeedsALook(record) ? RunStory.RunningNow(record) : []);
        Section("Next", RunStory.NextSteps(record, logOf).ConvertAll(step => step.ToString()));
        Section("Warnings", record.Warnings);
        Last();
        return _text.ToString();
    }

    private void Table()
    {
        int width = 5;
        foreach (StageRecord stage in record.Stages)
            width = Math.Max(width, Math.Min(NameWidth, stage.Name.Length));
        _text.Append('\n').Append(ink.Dim($"{"Stage".PadRight(width)}  {"Outcome",-13}{"Duration",10}  Critical path")).Append('\n');
        foreach (StageRecord stage in record.Stages)
        {
            string outcome = $"{Words.Symbol(stage.Outcome)} {stage.Outcome?.Word ?? "never ended"}";
            _text.Append(LogText.Cut(LogText.Line(stage.Name), width).PadRight(width)).Append("  ")
                .Append(ink.Outcome(stage.Outcome, outcome.PadRight(13)))
                .Append((stage.StartedAt is null ? "" : Amounts.Duration(stage.Duration)).PadLeft(10));
            string note = Note(stage);
            if (note.Length > 0)
                _text.Append("  ").Append(note);
            _text.Append('\n');
        }
    }

    private string Note(StageRecord stage)
    {
        if (stage.SkippedBecause is { } cause)
            return ink.Dim(LogText.Line(cause));
        string note = stage.CriticalShare <= 0 ? "" : $"{Amounts.Share(stage.CriticalShare),5} {ink.Cyan(new string('█', Math.Max(1, (int)Math.Round(stage.CriticalShare * ShareWidth))))}";
        if (stage.Attempts > 1)
            note += $"{(note.Length > 0 ? "  " : "")}{stage.Attempts} attempts";
        if (stage.Undo is { } undo)
            note += $"{(note.Length > 0 ? "  " : "")}{(undo.Failure is null ? ink.Yellow("↩ undone") : ink.Red("↩ undo failed"))}";
        return note;
    }

    private void Failure(StageRecord stage)
    {
        string limit = stage.Outcome is StageOutcome.TimedOut timedOut ? $" after {Amounts.Duration(timedOut.Limit)}" : "";
        _text.Append('\n').Append(ink.Red(ink.Bold($"{Words.Symbol(stage.Outcome)} {LogText.Line(stage.Name)} {stage.Outcome!.Word}{limit}"))).Append('\n');
        Parts(stage.Failure!);
        foreach (TestResults tests in stage.Tests)
        {
            foreach (TestFailure test in tests.Failures.Take(10))
                _text.Append("  ").Append(ink.Red("✗ ")).Append(LogText.Line(test.Name)).Append(": ").Append(LogText.Cut(FirstLine(test.Message), 200)).Append('\n');
            if (tests.Failures.Count > 10)
                _text.Append("  … ").Append(tests.Failures.Count - 10).Append(" more in junit.xml\n");
        }

        foreach (ScanResult scan in stage.Scans)
        {
            foreach (Finding finding in scan.Blocking.Take(10))
            {
                _text.Append("  ").Append(ink.Red(Words.Severity(finding.Severity).PadRight(9))).Append(LogText.Line(finding.Id)).Append("  ").Append(LogText.Line(finding.Package)).Append(' ')
                    .Append(LogText.Line(finding.InstalledVersion)).Append(finding.FixedVersion is null ? " (no fix yet)" : " → " + LogText.Line(finding.FixedVersion)).Append('\n');
            }

            if (scan.Blocking.Count > 10)
                _text.Append("  … ").Append(scan.Blocking.Count - 10).Append(" more in report.html\n");
        }
    }

    private void Parts(Failure failure)
    {
        Indented(failure.What, "  ");
        if (!string.IsNullOrWhiteSpace(failure.Evidence))
            Indented(failure.Evidence, "    ", dim: true);
        if (!string.IsNullOrWhiteSpace(failure.Advice))
            Indented("→ " + failure.Advice, "  ", bold: true);
    }

    private void Undos()
    {
        if (!RunStory.Undone(record).Any())
            return;
        _text.Append('\n').Append(ink.Bold("Undone")).Append('\n');
        foreach (UndoResult undo in record.Result!.Undos)
        {
            if (undo.Failure is { } failure)
            {
                _text.Append("  ").Append(ink.Red($"✗ NOT undone: {LogText.Line(undo.Stage)}")).Append(" (because '").Append(LogText.Line(undo.Because)).Append("' did not succeed)\n");
                Parts(failure);
            }
            else
            {
                _text.Append("  ").Append(ink.Yellow("↩ undone: ")).Append(LogText.Line(undo.Stage)).Append(": ").Append(LogText.Line(undo.Report?.Summary ?? "done"))
                    .Append(ink.Dim($" (because '{LogText.Line(undo.Because)}' did not succeed)")).Append('\n');
            }
        }
    }

    /// <summary>What was measured. Of a stage that failed, its error says the same.</summary>
    private void Analyses()
    {
        foreach (StageRecord stage in record.Stages.Where(stage => stage.Failure is null))
        {
            foreach (AnalysisResult analysis in stage.Analyses)
            {
                _text.Append('\n').Append(ink.Bold(LogText.Line($"Analysis of {stage.Name}"))).Append(": ").Append(MetricText.Word(analysis.Verdict)).Append(ink.Dim(" by " + LogText.Line(analysis.Source))).Append('\n');
                foreach (MetricResult metric in analysis.Metrics)
                {
                    _text.Append("  ").Append(Words.Symbol(metric.Verdict)).Append(' ').Append(LogText.Line($"{metric.Name}: {metric.Threshold}; {metric.Reason}")).Append("\n    ").Append(LogText.Line(MetricText.Values(metric)))
                        .Append("\n    ").Append(ink.Dim(LogText.Cut(LogText.Line(metric.Query), 400))).Append('\n');
                }
            }
        }
    }

    private void Facts()
    {
        IReadOnlyList<StageReport.Fact> facts = record.Facts();
        if (facts.Count == 0)
            return;
        int width = facts.Max(fact => fact.Name.Length);
        _text.Append('\n').Append(ink.Bold("Facts")).Append('\n');
        foreach (StageReport.Fact fact in facts)
            _text.Append("  ").Append(ink.Dim(LogText.Line(fact.Name).PadRight(width))).Append("  ").Append(LogText.Line(fact.Value)).Append('\n');
    }

    private void Section(string title, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
            return;
        _text.Append('\n').Append(ink.Bold(title)).Append('\n');
        foreach (string line in lines)
            _text.Append("  ").Append(LogText.Line(line)).Append('\n');
    }

    private void Last()
    {
        _text.Append('\n').Append(ink.Dim("Report: " + Path.Combine(record.Run!.RunDirectory, "report.html"))).Append('\n');
        string headline = ink.Bold(LogText.Line(RunStory.Headline(record)));
        _text.Append(record.Result!.Status switch { RunStatus.Succeeded => ink.Green(headline), RunStatus.Cancelled => ink.Yellow(headline), _ => ink.Red(headline) }).Append('\n');
    }

    private void Indented(string text, string indent, bool bold = false, bool dim = false)
    {
        foreach (ReadOnlySpan<char> line in LogText.Block(text).AsSpan().TrimEnd().EnumerateLines())
        {
            string content = LogText.Cut(line.ToString(), 2000);
            _text.Append(indent).Append(bold ? ink.Bold(content) : dim ? ink.Dim(content) : content).Append('\n');
        }
    }

    private static string FirstLine(string text)
    {
        string clean = LogText.Block(text).Trim();
        int end = clean.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? clean : clean[..end];
    }
}
