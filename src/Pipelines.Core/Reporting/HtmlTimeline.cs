using System.Text;

namespace Pipelines.Core.Reporting;

/// <summary>The timeline of the report page: one row a stage, its bar where its time was, its details behind it.</summary>
internal sealed class HtmlTimeline(StringBuilder html, RunRecord record, IReadOnlyDictionary<PlannedStage, LogTail> tails, StageLogs? logs, string directory)
{
    private const int MaxLogCharacters = 4_000_000;

    private readonly double _span = Span(record);
    private int _logCharacters;
    private double _tick;

    public void Append()
    {
        html.Append("<section class=\"panel timeline\"><div class=\"bar-head\"><h2>Timeline</h2><ul class=\"legend\" aria-label=\"Legend\">")
            .Append("<li><i class=\"swatch crit\"></i>on the critical path</li><li><i class=\"swatch\"></i>beside it</li><li><i class=\"swatch wait\"></i>ready, waiting for a slot or a lock</li>")
            .Append(record.Result!.Undos.Count > 0 ? "<li><i class=\"swatch undo\"></i>undo</li>" : "").Append("</ul></div>\n");
        Axis();
        html.Append("<div class=\"rows\" style=\"--tick:").Percent(_tick).Append("\">\n");
        foreach (StageRecord stage in record.Stages)
            Row(stage);
        html.Append("</div>\n");
        CriticalPath();
        html.Append("</section>\n");
    }

    private static double Span(RunRecord record)
    {
        double span = Math.Max(record.Result!.Duration.TotalSeconds, 0.001);
        foreach (StageRecord stage in record.Stages)
        {
            if (stage.EndedAt is { } end)
                span = Math.Max(span, (end - record.StartedAt).TotalSeconds);
            if (stage is { UndoStartedAt: { } undo, Undo: { } result })
                span = Math.Max(span, (undo + result.Duration - record.StartedAt).TotalSeconds);
        }

        return span;
    }

    private double Place(DateTimeOffset at) => Math.Clamp((at - record.StartedAt).TotalSeconds / _span, 0, 1);

    private void Axis()
    {
        double step = Math.Pow(10, Math.Floor(Math.Log10(_span / 4)));
        step = _span / step > 12 ? step * 5 : _span / step > 6 ? step * 2 : step;
        _tick = step / _span;
        html.Append("<div class=\"axis\" aria-hidden=\"true\"><div class=\"track\">");
        for (double at = 0; at < _span * 0.97; at += step)
            html.Append("<span style=\"left:").Percent(at / _span).Append("\">").Append(at == 0 ? "0" : Amounts.Duration(TimeSpan.FromSeconds(at))).Append("</span>");
        html.Append("</div></div>\n");
    }

    private void Row(StageRecord stage)
    {
        string kind = HtmlText.OutcomeClass(stage.Outcome);
        bool critical = stage.CriticalShare > 0;
        html.Append("<details class=\"row ").Append(kind).Append(critical ? " crit" : "").Append('"').Append(stage.Failure is not null ? " open" : "").Append(">\n<summary>")
            .Append("<span class=\"name\"><span class=\"sign\" aria-hidden=\"true\">").Append(Words.Symbol(stage.Outcome)).Append("</span><span class=\"label\">").Text(stage.Name)
            .Append("</span><span class=\"hidden\">, ").Append(stage.Outcome?.Word ?? "never ended").Append("</span></span><span class=\"track\">");
        if (stage.StartedAt is { } started)
        {
            DateTimeOffset ready = Ready(stage, started);
            if ((started - ready).TotalSeconds / _span > 0.004)
                Segment("wait", ready, started, $"waited {Amounts.Duration(started - ready)}");
            Segment("bar", started, stage.EndedAt ?? started + stage.Duration, $"{stage.Outcome?.Word} in {Amounts.Duration(stage.Duration)}, started at {Amounts.Duration(started - record.StartedAt)}");
            if (stage is { UndoStartedAt: { } undo, Undo: { } result })
                Segment("undo", undo, undo + result.Duration, $"undo, {Amounts.Duration(result.Duration)}");
        }
        else
        {
            html.Append("<em>").Text(stage.Outcome is StageOutcome.Skipped ? "skipped " + stage.SkippedBecause : stage.Outcome?.Word ?? "never started").Append("</em>");
        }

        html.Append("</span><span class=\"time\">").Append(stage.StartedAt is null ? "–" : Amounts.Duration(stage.Duration))
            .Append("<small title=\"share of the critical path\">").Text(Amounts.Share(stage.CriticalShare)).Append("</small></span></summary>\n<div class=\"more\">\n");
        Details(stage);
        html.Append("</div>\n</details>\n");
    }

    private void Segment(string kind, DateTimeOffset from, DateTimeOffset to, string title)
    {
        double left = Place(from);
        html.Append("<i class=\"").Append(kind).Append("\" style=\"left:").Percent(left).Append(";width:").Percent(Math.Max(0, Place(to) - left)).Append("\" title=\"").Text(title).Append("\"></i>");
    }

    /// <summary>When a stage could have started: when the last stage it waits for had ended.</summary>
    private DateTimeOffset Ready(StageRecord stage, DateTimeOffset started)
    {
        DateTimeOffset ready = record.StartedAt;
        foreach (PlannedStage dependency in stage.Stage.Dependencies)
            if (record.Of(dependency).EndedAt is { } end && end > ready)
                ready = end;
        return ready < started ? ready : started;
    }

    private void Details(StageRecord stage)
    {
        PlannedStage plan = stage.Stage;
        if (plan.Description is { } description)
            html.Append("<p class=\"what\">").Text(description).Append("</p>\n");
        html.Append("<dl class=\"small\">");
        Pair("Kind", plan.Kind);
        Pair("Needs", string.Join(", ", plan.Inputs.Select(input => input.Name)));
        Pair("After", string.Join(", ", plan.After.Select(other => other.Name)));
        Pair("Only when", string.Join(" and ", plan.Conditions.Select(condition => condition.Description)));
        Pair("Environment", plan.Environment);
        Pair("Locks", string.Join(", ", plan.Locks));
        Pair("Attempts", stage.Attempts > 1 ? $"{stage.Attempts} of {plan.Retry.MaxAttempts}" : null);
        Pair("Time limit", Amounts.Duration(plan.Timeout));
        foreach (StageReport.Fact fact in stage.Facts)
            Pair(fact.Name, fact.Value);
        html.Append("</dl>\n");
        foreach (TestResults tests in stage.Tests)
            Tests(tests);
        foreach (ScanResult scan in stage.Scans)
            Scan(scan);
        foreach (AnalysisResult analysis in stage.Analyses)
            HtmlAnalysis.Append(html, analysis);
        Log(stage);
    }

    private void Pair(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            html.Append("<div><dt>").Text(name).Append("</dt><dd>").Text(value).Append("</dd></div>");
    }

    private void Tests(TestResults tests)
    {
        html.Append("<h3>Tests</h3><p>").Text(Words.Tests(tests)).Append(" in ").Append(Amounts.Duration(tests.Duration)).Append("</p>\n");
        foreach (TestFailure failure in tests.Failures.Take(50))
        {
            html.Append("<div class=\"inset bad\"><p class=\"what\">✗ ").Text(failure.Name).Append("</p><p>").Text(LogText.Cut(failure.Message, 2000)).Append("</p>");
            if (failure.Details is { } details)
                html.Append("<pre tabindex=\"0\">").Text(LogText.Cut(details, 8000)).Append("</pre>");
            html.Append("</div>\n");
        }

        if (tests.Failures.Count > 50)
            html.Append("<p class=\"muted\">… ").Append(tests.Failures.Count - 50).Append(" more in junit.xml</p>\n");
    }

    private void Scan(ScanResult scan)
    {
        html.Append("<h3>Findings</h3><p>").Text(scan.Scanner).Append(": ").Text(Words.Scan(scan)).Append("</p>\n");
        if (scan.Findings.Count == 0)
            return;
        html.Append("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr><th>Severity</th><th>Id</th><th>Package</th><th>Installed</th><th>Fixed in</th><th>Title</th></tr></thead><tbody>\n");
        foreach (Finding finding in scan.Findings.Take(100))
        {
            html.Append("<tr><td><span class=\"sev ").Append(Words.Severity(finding.Severity).ToLowerInvariant()).Append("\">").Append(Words.Severity(finding.Severity)).Append("</span>").Append(scan.Blocking.Contains(finding) ? " <b>blocks</b>" : "")
                .Append("</td><td><code>").Text(finding.Id).Append("</code></td><td>").Text(finding.Package).Append("</td><td>").Text(finding.InstalledVersion).Append("</td><td>").Text(finding.FixedVersion ?? "–").Append("</td><td>").Text(LogText.Cut(finding.Title, 200)).Append("</td></tr>\n");
        }

        html.Append("</tbody></table></div>\n");
        if (scan.Findings.Count > 100)
            html.Append("<p class=\"muted\">… ").Append(scan.Findings.Count - 100).Append(" more in events.jsonl</p>\n");
    }

    private void Log(StageRecord stage)
    {
        string? file = logs?.PathOf(stage.Stage) is { } path ? Path.GetRelativePath(directory, path).Replace('\\', '/') : null;
        if (!tails.TryGetValue(stage.Stage, out LogTail? tail) || _logCharacters > MaxLogCharacters)
        {
            if (file is not null)
                html.Append("<p class=\"muted\">Log: <a href=\"").Text(file).Append("\">").Text(file).Append("</a></p>\n");
            return;
        }

        html.Append("<h3>Log</h3><p class=\"muted\">").Append(tail.Lines.Count < tail.Count ? $"the last {tail.Lines.Count} of {tail.Count} lines" : Amounts.Count(tail.Count, "line"));
        if (file is not null)
            html.Append(" · <a href=\"").Text(file).Append("\">").Text(file).Append("</a>");
        html.Append("</p>\n<pre class=\"log\" tabindex=\"0\">");
        foreach (LogTail.LogLine line in tail.Lines)
        {
            _logCharacters += line.Text.Length;
            switch (line.Level)
            {
                case LogLevel.Warning:
                    html.Append("<span class=\"w\">warning: ").Text(line.Text).Append("</span>\n");
                    break;
                case LogLevel.Error:
                    html.Append("<span class=\"e\">error: ").Text(line.Text).Append("</span>\n");
                    break;
                case LogLevel.Info:
                    html.Append("<span class=\"n\">").Text(line.Text).Append("</span>\n");
                    break;
                default:
                    html.Text(line.Text).Append('\n');
                    break;
            }
        }

        html.Append("</pre>\n");
    }

    private void CriticalPath()
    {
        List<StageRecord> path = [.. record.Stages.Where(stage => stage.CriticalShare > 0 && stage.StartedAt is not null)];
        if (path.Count == 0)
            return;
        html.Append("<p class=\"path\"><b>Critical path</b> <span class=\"muted\">to be faster, shorten these:</span> ");
        for (int index = 0; index < path.Count; index++)
            html.Append(index == 0 ? "" : " <span class=\"muted\" aria-hidden=\"true\">→</span> ").Append("<span class=\"chip\">").Text(path[index].Name).Append(" <small>").Text(Amounts.Share(path[index].CriticalShare)).Append("</small></span>");
        html.Append("</p>\n");
    }
}
