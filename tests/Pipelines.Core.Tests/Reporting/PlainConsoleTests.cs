using System.Globalization;
using Pipelines.Core.Hosts;
using Pipelines.Core.Reporting;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Reporting;

public class PlainConsoleTests
{
    private static readonly CiHost Local = new() { Name = "local", IsCi = false };
    private static readonly CiHost GitHub = CiHost.Detect(HostEnvironment.Of(new Dictionary<string, string> { ["GITHUB_ACTIONS"] = "true" }));
    private static readonly CiHost GitLab = CiHost.Detect(HostEnvironment.Of(new Dictionary<string, string> { ["GITLAB_CI"] = "true" }));

    [Fact]
    public void Locally_ParallelStages_EachLineSaysWhoseItIs() => Assert.Equal(
        """
        demo · sandbox · run 20260102-030405-a1b2
        lint       │ ▸ started
        unit tests │ ▸ started
        lint       │ checking
        unit tests │ ::set-env is only text here
        lint       │ warning: long line
        lint       │ ✓ succeeded in 500 ms
        unit tests │ ✗ failed after 1.0 s: 1 of 2 tests failed
        deploy     │ – skipped because 'unit tests' failed

        Stage       Outcome        Duration  Critical path
        lint        ✓ succeeded      500 ms
        unit tests  ✗ failed          1.0 s  100 % ██████████
        deploy      – skipped                because 'unit tests' failed

        ✗ unit tests failed
          1 of 2 tests failed
            test_a: expected 1
          → Run pytest -k test_a

        Running now
          staging: not touched; it runs what it ran before

        Next
          when that is mended, run it again with what it needs: dotnet run --project build -- --stage 'unit tests'
          or, where nothing of the sources has to change, go on from there: dotnet run --project build -- resume 20260102-030405-a1b2

        Report: /service/report.html
        demo failed: unit tests (1.0 s)

        """,
        Print(Local));

    [Fact]
    public void OnGitHub_StagesAreGroupsAndFailuresAnnotations() => Assert.Equal(
        """
        demo · sandbox · run 20260102-030405-a1b2
        lint       │ ▸ started
        unit tests │ ▸ started
        ::group::lint: succeeded (2 lines)
        checking
        warning: long line
        ::endgroup::
        lint       │ ✓ succeeded in 500 ms
        ::group::unit tests: failed (1 line)
        : :set-env is only text here
        ::endgroup::
        unit tests │ ✗ failed after 1.0 s: 1 of 2 tests failed
        ::error title=unit tests failed::1 of 2 tests failed%0Atest_a: expected 1%0ARun pytest -k test_a
        deploy     │ – skipped because 'unit tests' failed

        """,
        UpToTable(Print(GitHub)));

    [Fact]
    public void OnGitLab_StagesAreCollapsedSections() => Assert.Equal(
        """
        demo · sandbox · run 20260102-030405-a1b2
        lint       │ ▸ started
        unit tests │ ▸ started
        ^section_start:1767323045:stage_1_1767323045500[collapsed=true]$^lint: succeeded (2 lines)
        checking
        warning: long line
        ^section_end:1767323045:stage_1_1767323045500$^
        lint       │ ✓ succeeded in 500 ms
        ^section_start:1767323045:stage_2_1767323046000[collapsed=true]$^unit tests: failed (1 line)
        ::set-env is only text here
        ^section_end:1767323046:stage_2_1767323046000$^
        unit tests │ ✗ failed after 1.0 s: 1 of 2 tests failed
        deploy     │ – skipped because 'unit tests' failed

        """,
        UpToTable(Print(GitLab)).Replace("\u001b[0K", "^", StringComparison.Ordinal).Replace('\r', '$'));

    [Fact]
    public void Undo_IsToldAtOnceAndInTheSummary()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        SampleRuns.Deploy(SampleRuns.Info("/service"), fails: true, new PlainConsole(output, Local, color: false));
        string text = output.ToString();
        Assert.Contains("deploy staging │ ↩ undone: Reverted manifest commit c0ffee1", text, StringComparison.Ordinal);
        Assert.Contains("\n  ↩ undone: deploy staging: Reverted manifest commit c0ffee1 by d00d1e5; Argo CD is Healthy at d00d1e5; staging runs 77aa01c2d9 again. (because 'smoke staging' did not succeed)\n", text, StringComparison.Ordinal);
        Assert.Contains("\nRunning now\n  staging: back to 77aa01c2d9, as before this run\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\norder-service failed: smoke staging (8.0 s)\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Undo_ThatBlocks_SaysThatTheVersionStaysOutAndHowToLetItIn(bool blocks)
    {
        var plan = new PlanOf("demo");
        PlannedStage deploy = plan.Add("deploy", environment: "prod", undoable: true);
        PlannedStage smoke = plan.Add("smoke", [deploy], environment: "prod");
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        new FakeRun(plan.Plan, FakeRun.Info(), new PlainConsole(output, Local, color: false)).Begin(deploy).End(deploy).Begin(smoke).Fail(smoke)
            .Fact(deploy, blocks ? "blocked" : "revert commit", "v2").Undo(deploy, "smoke", new UndoReport(true, "Reverted.")).Finish();
        Assert.Equal(blocks, output.ToString().Contains("this version stays out of prod: deploy a new commit, or let this one in again where it is not to blame: dotnet run --project build -- unblock --env prod", StringComparison.Ordinal));
    }

    [Fact]
    public void UndoThatFailed_IsLoudAndSaysWhatToDo()
    {
        var plan = new PlanOf("demo");
        PlannedStage deploy = plan.Add("deploy", environment: "prod", undoable: true);
        PlannedStage smoke = plan.Add("smoke", [deploy], environment: "prod");
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        new FakeRun(plan.Plan, FakeRun.Info(), new PlainConsole(output, GitHub, color: false)).Begin(deploy).Fact(deploy, "manifest commit", "c0ffee1").Fact(deploy, "tag", "new").End(deploy).Begin(smoke).Fail(smoke)
            .Undo(deploy, "smoke", null, FakeRun.Failure("the push was refused", null, "revert c0ffee1 by hand")).Finish();
        string text = output.ToString();
        Assert.Contains("✗ NOT undone: deploy", text, StringComparison.Ordinal);
        Assert.Contains("prod: may still run new (manifest commit c0ffee1): the undo failed", text, StringComparison.Ordinal);
        Assert.Contains("finish by hand what the undo of 'deploy' could not: revert c0ffee1 by hand", text, StringComparison.Ordinal);
        Assert.Contains("::error title=undo of deploy::the push was refused", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Flood_ShowsTheFirstAndTheLastLines(bool grouped)
    {
        var plan = new PlanOf("demo");
        PlannedStage flood = plan.Add("flood");
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        FakeRun run = new FakeRun(plan.Plan, FakeRun.Info(), new PlainConsole(output, grouped ? GitHub : Local, color: false)).Begin(flood);
        for (int line = 1; line <= 10_000; line++)
            run.Log(flood, $"line {line}.");
        run.End(flood).Finish();
        string text = output.ToString();
        Assert.Contains("line 2000.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("line 2001.", text, StringComparison.Ordinal);
        Assert.Contains("… 7950 more lines in the stage's log file\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("line 9950.", text, StringComparison.Ordinal);
        Assert.Contains("line 9951.", text, StringComparison.Ordinal);
        Assert.Contains("line 10000.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ManyWriters_EveryLineIsOneWrite() // nuke#162, cake#156
    {
        var plan = new PlanOf("demo");
        PlannedStage stage = plan.Add("stage");
        using var output = new WriteCounter();
        new FakeRun(plan.Plan, FakeRun.Info(), new PlainConsole(output, Local, color: true)).Begin(stage).Log(stage, "one").Log(stage, "two").End(stage).Finish();
        Assert.All(output.Writes, write => Assert.EndsWith("\n", write, StringComparison.Ordinal));
    }

    [Fact]
    public void Color_Off_LeavesNoEscape()
    {
        var plan = new PlanOf("demo");
        PlannedStage stage = plan.Add("stage");
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        new FakeRun(plan.Plan, FakeRun.Info(), new PlainConsole(output, Local, color: false)).Begin(stage).Log(stage, "\u001b[31mred").Fail(stage, "\u001b[31mred").Finish();
        Assert.DoesNotContain('\u001b', output.ToString());
    }

    [Fact]
    public void ConditionThatDoesNotHold_IsNoFailure()
    {
        var plan = new PlanOf("demo");
        PlannedStage stage = plan.Add("deploy");
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        new FakeRun(plan.Plan, FakeRun.Info(), new PlainConsole(output, Local, color: false)).Skip(stage, new SkipCause.Condition("branch is main")).Finish();
        Assert.EndsWith("\ndemo: succeeded in 0 ms\n", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("because its condition does not hold: branch is main", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void WaitingForAHuman_EveryReportSaysWhoHasToDoWhat()
    {
        using var directory = new TemporaryDirectory();
        var plan = new PlanOf("demo");
        PlannedStage deploy = plan.Add("deploy staging", environment: "staging");
        PlannedStage approve = plan.Add("approve prod", [deploy], environment: "prod");
        PlannedStage prod = plan.Add("deploy prod", [approve], environment: "prod");
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        new FakeRun(plan.Plan, FakeRun.Info(directory.Path), new PlainConsole(output, Local, color: false), new SummaryFile(directory.Path, Local), new HtmlReport(directory.Path))
            .Begin(deploy).Fact(deploy, "environment", "staging").Fact(deploy, "tag", "v2").Fact(deploy, "manifest commit", "c0ffee1").End(deploy)
            .Skip(approve, new SkipCause.WaitingForHuman("approve it by: promote") { Advice = "Or open a way." }).Skip(prod, new SkipCause.Dependency("approve prod", "was skipped")).Finish();
        const string next = "'approve prod' waits for a human: approve it by: promote. Or open a way.";
        Assert.Contains("\nRunning now\n  staging: runs v2 (manifest commit c0ffee1)\n  prod: not touched; it runs what it ran before\n\nNext\n  " + next, output.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\ndemo: waits for a human at 'approve prod' (0 ms)\n", output.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("## ✋ demo: waits for a human", directory.Read("summary.md"), StringComparison.Ordinal);
        Assert.Contains("waits for a human: approve it by: promote", directory.Read("summary.md"), StringComparison.Ordinal);
        Assert.Contains("</span> Waits for a human</span>", directory.Read("report.html"), StringComparison.Ordinal);
    }

    [Fact]
    public void Facts_OfTwoEnvironments_StandBesideEachOther()
    {
        var plan = new PlanOf("demo");
        PlannedStage build = plan.Add("build");
        PlannedStage staging = plan.Add("deploy staging", [build], environment: "staging");
        PlannedStage prod = plan.Add("deploy prod", [staging], environment: "prod");
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        new FakeRun(plan.Plan, FakeRun.Info(), new PlainConsole(output, Local, color: false))
            .Begin(build).Fact(build, "digest", "sha256:1").End(build)
            .Begin(staging).Fact(staging, "environment", "staging").Fact(staging, "previous tag", "v1").End(staging)
            .Begin(prod).Fact(prod, "environment", "prod").Fact(prod, "previous tag", "v0").End(prod).Finish();
        Assert.Contains("\nFacts\n  digest                 sha256:1\n  staging: previous tag  v1\n  prod: previous tag     v0\n", output.ToString(), StringComparison.Ordinal);
    }

    private static string Print(CiHost host)
    {
        var plan = new PlanOf("demo");
        PlannedStage lint = plan.Add("lint");
        PlannedStage tests = plan.Add("unit tests");
        PlannedStage deploy = plan.Add("deploy", [tests], environment: "staging");
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        new FakeRun(plan.Plan, FakeRun.Info(), new PlainConsole(output, host, color: false))
            .Begin(lint).Begin(tests).Log(lint, "checking").Log(tests, "::set-env is only text here").Log(lint, "long line", LogLevel.Warning)
            .At(0.5).End(lint).At(1).Fail(tests, "1 of 2 tests failed", "test_a: expected 1", "Run pytest -k test_a", critical: 1)
            .Skip(deploy, new SkipCause.Dependency("unit tests", "failed")).Finish();
        return output.ToString();
    }

    private static string UpToTable(string text) => text[..text.IndexOf("\nStage ", StringComparison.Ordinal)];

    private sealed class WriteCounter : StringWriter
    {
        public List<string> Writes { get; } = [];

        public override void Write(string? value) => Writes.Add(value!);
    }
}
