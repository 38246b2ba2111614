using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Pipelines.Core.Hosts;
using Pipelines.Core.Reporting;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Reporting;

public sealed class ReportFilesTests : IDisposable
{
    private static readonly CiHost Local = new() { Name = "local", IsCi = false };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void EventsFile_EveryEvent_IsOneJsonObjectOnItsLine()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var file = new EventsFile(_directory.Path);
        SampleRuns.Deploy(SampleRuns.Info(_directory.Path), fails: true, file, new JsonConsole(output));
        file.Dispose();
        string[] lines = _directory.Read("events.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(output.ToString(), _directory.Read("events.jsonl"));
        JsonElement[] events = [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal("run-started", events[0].GetProperty("event").GetString());
        Assert.Equal("2026-01-02T03:04:05Z", events[0].GetProperty("at").GetString());
        Assert.Equal("run-ended", events[^1].GetProperty("event").GetString());
        Assert.Equal("failed", events[^1].GetProperty("status").GetString());
        Assert.Equal(
            ["log", "run-ended", "run-started", "stage-ended", "stage-reported", "stage-retrying", "stage-started", "undo-ended", "undo-started"],
            events.Select(one => one.GetProperty("event").GetString()).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EventsFile_AfterAStageEnded_IsOnDisk()
    {
        var plan = new PlanOf("demo");
        PlannedStage stage = plan.Add("stage");
        using var file = new EventsFile(_directory.Path);
        new FakeRun(plan.Plan, FakeRun.Info(), file).Begin(stage).End(stage);
        using var reader = new StreamReader(new FileStream(Path.Combine(_directory.Path, "events.jsonl"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        Assert.Equal(3, reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void StageLogs_Names_AreSafeAndUnique()
    {
        var plan = new PlanOf("demo");
        string[] names = ["../../etc/passwd", "a b", "a/b", "🚀", new string('x', 300), "CON"];
        string[] files = [.. names.Select(name => StageLogs.FileName(plan.Add(name)))];
        Assert.Equal(["01-etc-passwd.log", "02-a-b.log", "03-a-b.log", "04.log"], files[..4]);
        Assert.Equal("06-con.log", files[5]);
        Assert.Equal(files.Length, files.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.All(files, file => Assert.InRange(file.Length, 1, 70));
    }

    [Fact]
    public void StageLogs_AllLines_WithTimesLevelsFailureAndUndo()
    {
        using var logs = new StageLogs(_directory.Path);
        SampleRuns.Deploy(SampleRuns.Info(_directory.Path), fails: true, logs);
        Assert.Equal("03:04:05.900 WARN  src/app.py:12:80: E501 line too long (88 > 79 characters)\n", _directory.Read("logs/02-lint.log"));
        Assert.Contains("ERROR https://staging.example.com/health did not answer 200 within 10 s.\n", _directory.Read("logs/08-smoke-staging.log"), StringComparison.Ordinal);
        Assert.Contains("RETRY attempt 1 of 3 failed", _directory.Read("logs/04-build-image.log"), StringComparison.Ordinal);
        Assert.Contains("UNDO  Reverted manifest commit c0ffee1", _directory.Read("logs/07-deploy-staging.log"), StringComparison.Ordinal);
        Assert.Equal(9, _directory.Read("logs/04-build-image.log").Split("RUN step").Length - 1);
    }

    [Fact]
    public void JUnitFile_StagesAndTests_AreSuites()
    {
        var plan = new PlanOf("demo");
        PlannedStage tests = plan.Add("unit tests");
        PlannedStage deploy = plan.Add("deploy", [tests]);
        new FakeRun(plan.Plan, FakeRun.Info(), new JUnitFile(_directory.Path)).Begin(tests)
            .Report(tests, new StageReport.Tests(new TestResults(3, 1, 1, TimeSpan.FromSeconds(1.5), [new("test_a", "1 != 2 ]]> <b> \u0001\uFFFE", "at \u001b[31mline\u001b[0m 3")])))
            .At(2).Fail(tests, "1 test failed").Skip(deploy, new SkipCause.Dependency("unit tests", "failed")).Finish();
        XElement root = XDocument.Parse(_directory.Read("junit.xml")).Root!;
        XElement[] suites = [.. root.Elements("testsuite")];
        Assert.Equal(["demo stages", "unit tests"], suites.Select(suite => suite.Attribute("name")!.Value));
        Assert.Equal(("2", "1", "1"), (suites[0].Attribute("tests")!.Value, suites[0].Attribute("failures")!.Value, suites[0].Attribute("skipped")!.Value));
        Assert.Equal("because 'unit tests' failed", suites[0].Elements("testcase").Last().Element("skipped")!.Attribute("message")!.Value);
        Assert.Equal(("5", "1", "1", "1.5"), (suites[1].Attribute("tests")!.Value, suites[1].Attribute("failures")!.Value, suites[1].Attribute("skipped")!.Value, suites[1].Attribute("time")!.Value));
        Assert.Equal("1 != 2 ]]> <b> \uFFFD", suites[1].Descendants("failure").Single().Attribute("message")!.Value);
        Assert.Equal("at line 3", suites[1].Descendants("failure").Single().Value);
    }

    [Fact]
    public void SummaryFile_HostileNames_StayInTheirCells()
    {
        var plan = new PlanOf("demo");
        PlannedStage stage = plan.Add("a|b <script>`x`</script> @everyone [l](http://e)");
        string page = _directory.Write("page.md", "before\n");
        new FakeRun(plan.Plan, FakeRun.Info(), new SummaryFile(_directory.Path, Local with { SummaryPath = page })).Begin(stage)
            .Fact(stage, "ta|g", "x|y`z").Fail(stage, "what <img src=x>", "```\nout of the fence?\n````").Finish();
        string text = _directory.Read("summary.md");
        string row = text.Split('\n').Single(line => line.StartsWith("| a", StringComparison.Ordinal));
        Assert.Equal(6, row.Count(character => character == '|'));
        Assert.DoesNotContain("<script", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", text, StringComparison.Ordinal);
        Assert.DoesNotContain("@everyone", text, StringComparison.Ordinal);
        Assert.Contains("`````text\n```\nout of the fence?\n````\n`````\n", text, StringComparison.Ordinal);
        Assert.Equal("before\n" + text + "\n", _directory.Read("page.md"));
    }

    [Fact]
    public void SummaryFile_FailedDeploy_TellsTheStory()
    {
        SampleRuns.Deploy(SampleRuns.Info(_directory.Path), fails: true, new SummaryFile(_directory.Path, Local));
        string text = _directory.Read("summary.md");
        Assert.StartsWith("## ❌ order-service failed: smoke staging (8.0 s)\n", text, StringComparison.Ordinal);
        Assert.Contains("**↩️ Undone: deploy staging**: Reverted manifest commit c0ffee1", text, StringComparison.Ordinal);
        Assert.Contains("**Running now**\n\n- staging: back to 77aa01c2d9", text, StringComparison.Ordinal);
        Assert.Contains("**What to do:** Look at the pods", text, StringComparison.Ordinal);
    }

    [Fact]
    public void HtmlReport_HostileText_StaysText()
    {
        const string hostile = "</pre></style><script>alert(1)</script><img src=x onerror=alert(1)>\" onmouseover=\"alert(1)' &amp; \u001b[31m]]>";
        var plan = new PlanOf(hostile);
        PlannedStage stage = plan.Add(hostile, description: hostile, environment: hostile, kind: hostile, conditions: [new Condition(hostile, _ => true)], locks: [hostile]);
        PlannedStage next = plan.Add("b" + hostile, [stage]);
        RunInfo info = FakeRun.Info(_directory.Path, hostile) with { Actor = hostile, Host = hostile, BuildUrl = new Uri("https://ci.example.com/?a=\"><script>alert(1)</script>") };
        new FakeRun(plan.Plan, info, new HtmlReport(_directory.Path)).Begin(stage).Log(stage, hostile).Log(stage, hostile, LogLevel.Error).Fact(stage, hostile, hostile)
            .Report(stage, new StageReport.Tests(new TestResults(0, 1, 0, TimeSpan.Zero, [new(hostile, hostile, hostile)])))
            .Report(stage, new StageReport.Scan(new ScanResult(hostile, [new(hostile, Severity.Critical, hostile, hostile, hostile, hostile, hostile)], [], [])))
            .Fail(stage, hostile, hostile, hostile, critical: 1).Skip(next, new SkipCause.Dependency(hostile, "failed")).Undo(stage, hostile, new UndoReport(true, hostile))
            .Tell(new RunEvent.RunWarning(FakeRun.Start, hostile)).Finish();
        string html = _directory.Read("report.html");
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\" onmouseover", html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', html);
        Assert.Single(html.Split("</style>")[1..]);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        // Every tag that is opened is closed: the page is well-formed once the void elements and the doctype are taken out.
        string wellFormed = html[html.IndexOf("<body", StringComparison.Ordinal)..].Replace("</html>", "", StringComparison.Ordinal).Replace(" open>", ">", StringComparison.Ordinal);
        Assert.Equal("body", XDocument.Parse(wellFormed).Root!.Name.LocalName);
    }

    [Fact]
    public void HtmlReport_LoadsNothing()
    {
        SampleRuns.Deploy(SampleRuns.Info(_directory.Path), fails: true, new HtmlReport(_directory.Path));
        string html = _directory.Read("report.html");
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", html, StringComparison.Ordinal);
    }

    [Fact]
    public void HostileLog_EveryReport_IsWellFormed()
    {
        var plan = new PlanOf("demo");
        PlannedStage stage = plan.Add("stage");
        string[] hostile = ["\0\a\b\u001b[2J\u001b]0;t\a", "]]>", "🚀 \ud83d lone", new string('x', 200_000), "1 %\r2 %\r3 %", "\u2028\u2029\uFFFE", "::error::x", "{\"a\":\"b\"}", ""];
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var json = new StringWriter(CultureInfo.InvariantCulture);
        using var logs = new StageLogs(_directory.Path);
        using var events = new EventsFile(_directory.Path);
        FakeRun run = new FakeRun(plan.Plan, FakeRun.Info(_directory.Path), logs, events, new JsonConsole(json), new JUnitFile(_directory.Path), new SummaryFile(_directory.Path, Local, logs), new HtmlReport(_directory.Path, logs), new PlainConsole(output, Local, color: true, logs)).Begin(stage);
        foreach (string line in hostile)
            run.Log(stage, line);
        run.Fail(stage, string.Concat(hostile), string.Join('\n', hostile), string.Concat(hostile)).Finish();
        events.Dispose();

        Assert.All(_directory.Read("events.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries), line => JsonDocument.Parse(line).Dispose());
        Assert.Equal("stage", XDocument.Parse(_directory.Read("junit.xml")).Descendants("testcase").Single().Attribute("name")!.Value);
        foreach (string file in Directory.EnumerateFiles(_directory.Path, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".jsonl", StringComparison.Ordinal)))
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file));
            Assert.DoesNotContain(text, character => char.IsControl(character) && character is not ('\n' or '\t'));
        }

        Assert.All(output.ToString().Split('\n'), line => Assert.InRange(line.Length, 0, Transcript.MaxLineLength + 200));
        Assert.DoesNotContain("\u001b[2J", output.ToString(), StringComparison.Ordinal);
        Assert.Contains(new string('x', 200_000), _directory.Read("logs/01-stage.log"), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_FolderNotWritable_SayWhichFileAndWhy()
    {
        string blocked = _directory.Write("file", "here"); // a file where the folder should be
        var plan = new PlanOf("demo");
        PlannedStage stage = plan.Add("stage");
        Assert.StartsWith("events.jsonl could not be written: ", Fails(new EventsFile(blocked)).What, StringComparison.Ordinal);
        Assert.StartsWith("01-stage.log could not be written: ", Fails(new StageLogs(blocked)).What, StringComparison.Ordinal);
        Assert.StartsWith("junit.xml could not be written: ", Fails(new JUnitFile(blocked)).What, StringComparison.Ordinal);
        Assert.StartsWith("summary.md could not be written: ", Fails(new SummaryFile(blocked, Local)).What, StringComparison.Ordinal);
        Assert.StartsWith("report.html could not be written: ", Fails(new HtmlReport(blocked)).What, StringComparison.Ordinal);
        Assert.Contains(blocked, Fails(new HtmlReport(blocked)).Evidence!, StringComparison.Ordinal);

        ReportFileException Fails(IRunObserver observer) => Assert.Throws<ReportFileException>(() => new FakeRun(plan.Plan, FakeRun.Info(), observer).Begin(stage).Log(stage, "x").End(stage).Finish());
    }

    [Fact]
    public void Files_DiskFull_SayWhichFileAndWhy()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "/dev/full stands in for a full disk");
        File.CreateSymbolicLink(Path.Combine(_directory.Path, "report.html.tmp"), "/dev/full");
        File.CreateSymbolicLink(Path.Combine(_directory.Path, "page.md"), "/dev/full");
        string before = _directory.Write("report.html", "old");
        var html = new HtmlReport(_directory.Path);
        var summary = new SummaryFile(_directory.Path, Local with { SummaryPath = Path.Combine(_directory.Path, "page.md") });
        ReportFileException exception = Assert.Throws<ReportFileException>(() => SampleRuns.Deploy(SampleRuns.Info(_directory.Path), fails: false, html));
        Assert.StartsWith("report.html could not be written: No space left on device", exception.What, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(before));
        Assert.Throws<ReportFileException>(() => SampleRuns.Deploy(SampleRuns.Info(_directory.Path), fails: false, summary));
    }
}
