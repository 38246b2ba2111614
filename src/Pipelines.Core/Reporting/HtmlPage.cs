using System.Text;
using Pipelines.Core.Model;

namespace Pipelines.Core.Reporting;

/// <summary>Composes the report page: what matters first, then the timeline, then the details.</summary>
internal sealed class HtmlPage(RunRecord record, IReadOnlyDictionary<PlannedStage, LogTail> tails, StageLogs? logs, string directory)
{
    // Nothing is loaded and nothing runs; only the page's own style applies.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    private readonly StringBuilder _html = new(32 * 1024);

    public StringBuilder Compose()
    {
        RunResult result = record.Result!;
        string state = result.Status switch { RunStatus.Succeeded => "ok", RunStatus.Cancelled => "stop", _ => "bad" };
        _html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"").Append(Policy)
            .Append("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>")
            .Text(RunStory.Headline(record)).Append("</title>\n<style>\n").Append(HtmlStyle.Css).Append("</style>\n</head>\n<body class=\"run-").Append(state).Append("\">\n");
        Header(result, state);
        _html.Append("<main>\n");
        Story(result);
        Tiles(result);
        new HtmlTimeline(_html, record, tails, logs, directory).Append();
        Facts();
        Warnings();
        _html.Append("</main>\n<footer>Run <code>").Text(record.Run!.Id).Append("</code> · started ").Text(Amounts.Moment(result.StartedAt))
            .Append(" · beside this page: <a href=\"summary.md\">summary.md</a>, <a href=\"junit.xml\">junit.xml</a>, <a href=\"events.jsonl\">events.jsonl</a></footer>\n</body>\n</html>\n");
        return _html;
    }

    private void Header(RunResult result, string state)
    {
        (string sign, string word) = result.Status switch { RunStatus.Succeeded => RunStory.Waiting(record).Any() ? ("✋", "Waits for a human") : ("✓", "Succeeded"), RunStatus.Cancelled => ("■", "Cancelled"), _ => ("✗", "Failed") };
        _html.Append("<header>\n<div class=\"wrap\">\n<p class=\"eyebrow\">Pipeline run</p>\n<div class=\"title\"><h1>").Text(record.Plan!.Name).Append("</h1><span class=\"pill ").Append(state)
            .Append("\"><span aria-hidden=\"true\">").Append(sign).Append("</span> ").Append(word).Append("</span></div>\n<ul class=\"meta\">\n");
        RunInfo run = record.Run!;
        Meta("Mode", Words.Mode(run.Mode));
        if (run.Source is { } source)
        {
            Meta("Commit", source.ShortCommit, code: true);
            if (source.Branch is { } branch)
                Meta("Branch", branch);
            if (!source.IsClean)
                Meta("Uncommitted", Amounts.Count(source.UncommittedChanges.Count, "file"));
        }

        if (run.PullRequest is { } number)
            Meta("Pull request", "#" + Amounts.Number(number));
        if (run.BuildUrl is { } url)
            _html.Append("<li><span>Build</span> <a href=\"").Text(url.AbsoluteUri).Append("\" rel=\"noreferrer\">").Text(run.Host).Append("</a></li>\n");
        else
            Meta("Host", run.Host);
        if (run.Actor is { } actor)
            Meta("By", actor);
        Meta("Started", Amounts.Moment(result.StartedAt));
        _html.Append("</ul>\n</div>\n</header>\n");
    }

    private void Meta(string name, string value, bool code = false) =>
        _html.Append("<li><span>").Append(name).Append("</span> ").Append(code ? "<code>" : "<b>").Text(value).Append(code ? "</code>" : "</b>").Append("</li>\n");

    private void Story(RunResult result)
    {
        if (!RunStory.NeedsALook(record))
            return;
        _html.Append("<section class=\"story\" aria-label=\"What happened\">\n");
        foreach (StageRecord stage in RunStory.Failed(record))
        {
            _html.Append("<article class=\"card bad\"><h2><span class=\"sign\" aria-hidden=\"true\">").Append(Words.Symbol(stage.Outcome)).Append("</span> ").Text(stage.Name).Append(' ').Append(stage.Outcome!.Word).Append("</h2>\n");
            FailureParts(_html, stage.Failure!);
            _html.Append("</article>\n");
        }

        foreach (UndoResult undo in result.Undos)
        {
            _html.Append("<article class=\"card ").Append(undo.Failure is null ? "undo" : "bad").Append("\"><h2><span class=\"sign\" aria-hidden=\"true\">↩</span> ").Append(undo.Failure is null ? "Undone: " : "Not undone: ").Text(undo.Stage).Append("</h2>\n");
            if (undo.Report is { } report)
                _html.Append("<p class=\"what\">").Text(report.Summary).Append("</p>\n");
            if (undo.Failure is { } failure)
                FailureParts(_html, failure);
            _html.Append("<p class=\"muted\">because ‘").Text(undo.Because).Append("’ did not succeed · took ").Append(Amounts.Duration(undo.Duration)).Append("</p></article>\n");
        }

        List("now", "◉", "Running now", RunStory.RunningNow(record).ConvertAll(sentence => new NextStep(sentence)));
        List("next", "→", "What to do next", RunStory.NextSteps(record, stage => logs?.PathOf(stage) is { } path ? Path.GetRelativePath(directory, path) : null));
        _html.Append("</section>\n");
    }

    internal static void FailureParts(StringBuilder html, Failure failure)
    {
        html.Append("<p class=\"what\">").Text(LogText.Cut(failure.What, 4000)).Append("</p>\n");
        if (!string.IsNullOrWhiteSpace(failure.Evidence))
            html.Append("<pre tabindex=\"0\">").Text(LogText.Cut(failure.Evidence.TrimEnd(), 20_000)).Append("</pre>\n");
        if (!string.IsNullOrWhiteSpace(failure.Advice))
            html.Append("<p class=\"advice\"><span aria-hidden=\"true\">→</span> ").Text(failure.Advice).Append("</p>\n");
    }

    private void List(string kind, string sign, string title, List<NextStep> steps)
    {
        if (steps.Count == 0)
            return;
        _html.Append("<article class=\"card ").Append(kind).Append("\"><h2><span class=\"sign\" aria-hidden=\"true\">").Append(sign).Append("</span> ").Append(title).Append("</h2>\n<ul>\n");
        foreach (NextStep step in steps)
        {
            _html.Append("<li>").Text(step.Text);
            if (step.Place is { } place)
                _html.Append("<code class=\"place\">").Text(place).Append("</code>");
            _html.Append("</li>\n");
        }

        _html.Append("</ul></article>\n");
    }

    private void Tiles(RunResult result)
    {
        int ok = 0, bad = 0, other = 0, passed = 0, failed = 0, skipped = 0, blocking = 0, findings = 0;
        bool anyTests = false, anyScan = false, simulated = false;
        AnalysisResult? worst = null;
        foreach (StageRecord stage in record.Stages)
        {
            if (stage.Outcome is { HasOutput: true })
                ok++;
            else if (stage.Failure is not null)
                bad++;
            else
                other++;
            foreach (TestResults tests in stage.Tests)
                (anyTests, passed, failed, skipped) = (true, passed + tests.Passed, failed + tests.Failed, skipped + tests.Skipped);
            foreach (ScanResult scan in stage.Scans)
                (anyScan, blocking, findings, simulated) = (true, blocking + scan.Blocking.Count, findings + scan.Findings.Count, simulated | scan.Simulated);
            foreach (AnalysisResult analysis in stage.Analyses)
                worst = worst is null || Badness(analysis) > Badness(worst) ? analysis : worst;
        }

        _html.Append("<section class=\"tiles\" aria-label=\"Key figures\">\n");
        Tile("Duration", Amounts.Duration(result.Duration), "from first to last stage");
        Tile("Stages", $"{ok} of {record.Stages.Count}", bad + other == 0 ? "all succeeded" : $"succeeded{(bad > 0 ? $", {bad} failed" : "")}{(other > 0 ? $", {other} did not run" : "")}", bad > 0);
        if (anyTests)
            Tile("Tests", failed > 0 ? $"{failed} failed" : $"{passed} passed", failed > 0 ? $"{passed} passed, {skipped} skipped" : skipped > 0 ? $"{skipped} skipped" : "none failed", failed > 0);
        if (anyScan)
            Tile("Findings", blocking > 0 ? $"{blocking} blocking" : Amounts.Number(findings), simulated ? "simulated scan" : blocking > 0 ? $"of {findings} in all" : findings == 0 ? "nothing found" : "none blocks", blocking > 0);
        if (worst is not null)
            Tile("Analysis", MetricText.Word(worst.Verdict), $"{Amounts.Count(worst.Metrics.Count, "metric")}, {Amounts.Duration(worst.Duration)}", worst.Verdict != AnalysisVerdict.Pass);
        if (result.Status == RunStatus.Succeeded && record.Environments().ToArray() is { Length: > 0 } environments)
            Tile(environments.Length == 1 ? "Environment" : "Environments", string.Join(", ", environments), record.Fact("tag") is { } tag ? "tag " + LogText.Cut(tag, 18) : "");
        _html.Append("</section>\n");
    }

    private static int Badness(AnalysisResult analysis) => analysis.Verdict switch { AnalysisVerdict.Fail => 2, AnalysisVerdict.Inconclusive => 1, _ => 0 };

    private void Tile(string name, string value, string note, bool bad = false) =>
        _html.Append("<div class=\"tile").Append(bad ? " bad" : "").Append("\"><span>").Append(name).Append("</span><b>").Text(value).Append("</b><small>").Text(note).Append("</small></div>\n");

    private void Facts()
    {
        IReadOnlyList<StageReport.Fact> facts = record.Facts();
        if (facts.Count == 0)
            return;
        _html.Append("<section class=\"panel\"><h2>Facts</h2>\n<dl class=\"facts\">\n");
        foreach (StageReport.Fact fact in facts)
            _html.Append("<div><dt>").Text(fact.Name).Append("</dt><dd>").Text(fact.Value).Append("</dd></div>\n");
        _html.Append("</dl></section>\n");
    }

    private void Warnings()
    {
        if (record.Warnings.Count == 0)
            return;
        _html.Append("<section class=\"panel\"><h2>Warnings</h2>\n<ul>\n");
        foreach (string warning in record.Warnings)
            _html.Append("<li>").Text(warning).Append("</li>\n");
        _html.Append("</ul></section>\n");
    }
}
