using System.Globalization;
using Pipelines.Core.Reporting;
using Pipelines.Testing;
using Spectre.Console;

namespace Pipelines.Core.Tests.Reporting;

public class LiveConsoleTests
{
    [Fact]
    public void Draw_RunningDoneAndWaitingStages_EachOnItsLine()
    {
        (PipelinePlan plan, LiveState state) = Running();
        string[] lines = Draw(state, FakeRun.Start.AddSeconds(3), 80, 24);
        Assert.Equal("✓ lint          1.0 s", lines[0].TrimEnd());
        Assert.Equal("⠋ tests         3.0 s  [bold]not markup[/]", lines[1].TrimEnd());
        Assert.Equal("· deploy", lines[2].TrimEnd());
        Assert.Equal("1 of 3 stages done · 1 running · 3.0 s", lines[3].TrimEnd());
        Assert.Equal(3, plan.Stages.Count);
    }

    [Fact]
    public void Draw_MoreStagesThanLines_ShowsTheRunningOnes()
    {
        var plan = new PlanOf("demo");
        PlannedStage[] stages = [.. Enumerable.Range(1, 200).Select(number => plan.Add($"stage {number}"))];
        var state = new LiveState();
        new FakeRun(plan.Plan, FakeRun.Info(), new Feed(state)).Begin(stages[0]).End(stages[0]).Begin(stages[150]);
        string[] lines = Draw(state, FakeRun.Start, 60, 12);
        Assert.InRange(lines.Length, 2, 10);
        Assert.Contains(lines, line => line.Contains("stage 151 ", StringComparison.Ordinal));
        Assert.Contains("192 not shown", lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(1)]
    public void Draw_NarrowTerminal_NeverThrows(int width) => Assert.NotEmpty(Draw(Running().State, FakeRun.Start.AddSeconds(1), width, 3));

    [Fact]
    public async Task Complete_WholeRun_EndsWithTheSummary()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var console = new LiveConsole(output, color: false, new ManualTime());
        SampleRuns.Deploy(SampleRuns.Info("/service"), fails: true, console);
        await console.CompleteAsync(CancellationToken.None);
        Assert.EndsWith("\norder-service failed: smoke staging (8.0 s)\n", output.ToString(), StringComparison.Ordinal);
    }

    private static (PipelinePlan Plan, LiveState State) Running()
    {
        var plan = new PlanOf("demo");
        PlannedStage lint = plan.Add("lint"), tests = plan.Add("tests");
        plan.Add("deploy");
        var state = new LiveState();
        new FakeRun(plan.Plan, FakeRun.Info(), new Feed(state)).Begin(lint).Begin(tests).Log(tests, "[bold]not markup[/]\u001b[2J").At(1).End(lint);
        return (plan.Plan, state);
    }

    private static string[] Draw(LiveState state, DateTimeOffset now, int width, int height)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = width;
        console.Write(LiveView.Draw(state, now, 0, width, height));
        return output.ToString().TrimEnd('\n').Split('\n');
    }

    private sealed class Feed(LiveState state) : IRunObserver
    {
        public void OnEvent(RunEvent runEvent) => state.Apply(runEvent);

        public Task CompleteAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
