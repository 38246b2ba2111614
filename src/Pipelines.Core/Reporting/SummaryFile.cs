using System.Text;
using Pipelines.Core.Hosts;
using Pipelines.Core.Model;

namespace Pipelines.Core.Reporting;

/// <summary>Writes <c>summary.md</c>, and adds the same to the page of the build where the host shows Markdown there.</summary>
internal sealed class SummaryFile(string directory, CiHost host, StageLogs? logs = null) : IRunObserver
{
    // GitHub drops a step's summary over 1 MiB as a whole.
    private const int MaxCharacters = 200_000;

    private readonly RunRecord _record = new();
    private Task? _writing;

    public void OnEvent(RunEvent runEvent)
    {
        if (_writing is not null)
            return; // what comes after the end, such as a warning about another report, is for the console
        _record.Apply(runEvent);
        if (runEvent is RunEvent.RunEnded)
            _writing = Task.Run(Write);
    }

    /// <summary>Waits for the file, which is written beside the other reports.</summary>
    public Task CompleteAsync(CancellationToken cancellationToken) => ReportFile.Written(_writing);

    private void Write()
    {
        StringBuilder text = Compose();
        if (text.Length > MaxCharacters)
            text.Length = MaxCharacters;
        ReportFile.Write(Path.Combine(directory, "summary.md"), text);
        if (host.SummaryPath is { } page)
            ReportFile.Append(page, text.Append('\n').ToString());
    }

    private StringBuilder Compose()
    {
        var text = new StringBuilder(2048);
        RunResult result = _record.Result!;
        string sign = result.Status switch { RunStatus.Succeeded => RunStory.Waiting(_record).Any() ? "✋" : "✅", RunStatus.Cancelled => "⏹️", _ => "❌" };
        text.Append("## ").Append(sign).Append(' ').Append(Markdown.Line(RunStory.Headline(_record))).Append("\n\n").Append(Markdown.Line(RunFacts.Line(_record.Run!)));
        if (_record.Run!.BuildUrl is { } url)
            text.Append(" · [build](").Append(Markdown.Address(url)).Append(')');
        text.Append("\n\n");
        foreach (StageRecord stage in RunStory.Failed(_record))
            Failure(text, $"❌ {stage.Name} {stage.Outcome!.Word}", stage.Failure!);
        foreach (UndoResult undo in result.Undos)
        {
            if (undo.Failure is { } failure)
                Failure(text, $"❌ NOT undone: {undo.Stage}", failure);
            else
                text.Append("**↩️ Undone: ").Append(Markdown.Line(undo.Stage)).Append("**: ").Append(Markdown.Line(undo.Report?.Summary ?? "")).Append(" (because ").Append(Markdown.Line(undo.Because)).Append(" did not succeed)\n\n");
        }

        if (RunStory.NeedsALook(_record))
        {
            List(text, "Running now", RunStory.RunningNow(_record));
            List(text, "Next", RunStory.NextSteps(_record, stage => logs?.PathOf(stage)).ConvertAll(step => step.ToString()));
        }

        Table(text);
        Analyses(text);
        Facts(text);
        List(text, "Warnings", _record.Warnings);
        return text;
    }

    private void Table(StringBuilder text)
    {
        text.Append("| Stage | Outcome | Duration | Critical path | |\n| --- | --- | ---: | ---: | --- |\n");
        foreach (StageRecord stage in _record.Stages)
        {
            string note = stage.SkippedBecause ?? string.Join("; ", stage.Tests.Select(Words.Tests).Concat(stage.Scans.Select(Words.Scan)).Concat(stage.Analyses.Select(Words.Analysis)));
            text.Append("| ").Append(Markdown.Line(stage.Name)).Append(" | ").Append(Words.Symbol(stage.Outcome)).Append(' ').Append(stage.Outcome?.Word ?? "never ended")
                .Append(" | ").Append(stage.StartedAt is null ? "" : Amounts.Duration(stage.Duration)).Append(" | ").Append(Amounts.Share(stage.CriticalShare)).Append(" | ").Append(Markdown.Line(note)).Append(" |\n");
        }

        text.Append('\n');
    }

    private void Analyses(StringBuilder text)
    {
        foreach (StageRecord stage in _record.Stages)
        {
            foreach (AnalysisResult analysis in stage.Analyses)
            {
                text.Append("### ").Append(Words.Symbol(analysis.Verdict)).Append(' ').Append(Markdown.Line($"Analysis of {stage.Name}: {MetricText.Word(analysis.Verdict)}")).Append("\n\n| Metric | Verdict | Asked | Values | Query |\n| --- | --- | --- | --- | --- |\n");
                foreach (MetricResult metric in analysis.Metrics)
                {
                    text.Append("| ").Append(Markdown.Line(metric.Name)).Append(" | ").Append(Words.Symbol(metric.Verdict)).Append(' ').Append(Markdown.Line($"{MetricText.Word(metric.Verdict)}: {metric.Reason}"))
                        .Append(" | ").Append(Markdown.Line(metric.Threshold)).Append(" | ").Append(Markdown.Line(MetricText.Values(metric))).Append(" | ").Append(Markdown.Code(metric.Query)).Append(" |\n");
                }

                text.Append('\n');
            }
        }
    }

    private void Facts(StringBuilder text)
    {
        IReadOnlyList<StageReport.Fact> facts = _record.Facts();
        if (facts.Count == 0)
            return;
        text.Append("| Fact | |\n| --- | --- |\n");
        foreach (StageReport.Fact fact in facts)
            text.Append("| ").Append(Markdown.Line(fact.Name)).Append(" | ").Append(Markdown.Code(fact.Value)).Append(" |\n");
        text.Append('\n');
    }

    private static void Failure(StringBuilder text, string title, Failure failure)
    {
        text.Append("### ").Append(Markdown.Line(title)).Append("\n\n").Append(Markdown.Line(failure.What)).Append("\n\n");
        if (!string.IsNullOrWhiteSpace(failure.Evidence))
            text.Append(Markdown.Fenced(LogText.Cut(LogText.Block(failure.Evidence).TrimEnd(), 8000))).Append('\n');
        if (!string.IsNullOrWhiteSpace(failure.Advice))
            text.Append("**What to do:** ").Append(Markdown.Line(failure.Advice)).Append("\n\n");
    }

    private static void List(StringBuilder text, string title, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
            return;
        text.Append("**").Append(title).Append("**\n\n");
        foreach (string line in lines)
            text.Append("- ").Append(Markdown.Line(line)).Append('\n');
        text.Append('\n');
    }
}
