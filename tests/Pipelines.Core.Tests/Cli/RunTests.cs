using System.Text.Json;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Cli;

public sealed class RunTests : IDisposable
{
    private readonly CliRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Run_Tool_Missing_IsExitCode3()
    {
        Assert.Equal(3, await Tool(new Command("no-such-tool-here").WithInstallHint("get it from the shelf")));
        Assert.Contains("'no-such-tool-here' was not found on this machine.", _run.Output, StringComparison.Ordinal);
        Assert.Contains("get it from the shelf", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Tool_HangsOverItsTime_IsKilledAndTold()
    {
        Assert.Equal(1, await Tool(DummyTool.Command("hang").WithTimeout(TimeSpan.FromMilliseconds(500)).WithGracePeriod(TimeSpan.FromMilliseconds(500))));
        Assert.Contains("500 ms", _run.Output, StringComparison.Ordinal);
        Assert.Contains("✗ tool failed", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Tool_DiesByASignal_SaysWhich()
    {
        Assert.Equal(1, await Tool(DummyTool.Command("kill-self")));
        Assert.Contains("SIGKILL", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Stage_RunsWhatItNeedsOnly()
    {
        var pipeline = new PipelineBuilder("three");
        StageHandle<int> one = pipeline.Add("one", (_, _) => Task.FromResult(1));
        pipeline.Add("two", one, (_, _, _) => Task.CompletedTask);
        pipeline.Add("other", (_, _) => Task.CompletedTask);
        Assert.Equal(0, await _run.RunAsync(pipeline.Build(), "--stage", "two"));
        Assert.Contains("two   │ ✓ succeeded", _run.Output, StringComparison.Ordinal);
        Assert.Contains("one   │ ✓ succeeded", _run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("other │ ▸ started", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Json_IsNothingButJsonLines()
    {
        Assert.Equal(1, await _run.RunAsync(Plan(_ => throw new StageFailedException("it broke", "evidence", "mend it")), "--output", "json"));
        string[] events = [.. _run.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("event").GetString()!)];
        Assert.Equal("run-started", events[0]);
        Assert.Contains("stage-ended", events);
        Assert.Contains("run-ended", events);
    }

    [Fact]
    public async Task Run_NoColor_NoEscapeEvenInATerminal()
    {
        using var terminal = new CliRun { IsTerminal = true };
        terminal.Variables["NO_COLOR"] = "1";
        Assert.Equal(0, await terminal.RunAsync(Plan(_ => { }), "--output", "plain"));
        Assert.DoesNotContain('\u001b', terminal.Output);
        terminal.Variables.Clear();
        Directory.Delete(Path.Combine(terminal.Folder.Path, ".pipelines"), recursive: true);
        Assert.Equal(0, await terminal.RunAsync(Plan(_ => { }), "--output", "plain"));
        Assert.Contains('\u001b', terminal.Output);
    }

    [Fact]
    public async Task Run_OnGitHub_GroupsAnnotatesAndSummarises()
    {
        string summary = _run.Folder.Write("step-summary.md", "");
        _run.Variables["GITHUB_ACTIONS"] = "true";
        _run.Variables["GITHUB_STEP_SUMMARY"] = summary;
        Assert.Equal(1, await _run.RunAsync(Plan(context =>
        {
            context.Log.Info("a line");
            context.Log.Info("::set-output name=x::y");
            throw new StageFailedException("it broke", null, "mend it");
        })));
        Assert.Contains("::group::stage: failed", _run.Output, StringComparison.Ordinal);
        Assert.Contains("::endgroup::", _run.Output, StringComparison.Ordinal);
        Assert.Contains("::error title=stage failed::it broke", _run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\n::set-output", _run.Output, StringComparison.Ordinal);
        Assert.Contains("it broke", File.ReadAllText(summary), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(Path.Combine(_run.RunFolder, "summary.md")).Trim(), File.ReadAllText(summary).Trim());
        Assert.Contains("run this job of GitHub Actions again", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UsageErrorOfAStage_IsExitCode2() =>
        Assert.Equal(2, await _run.RunAsync(Plan(_ => throw new InvalidUsageException("wrong", null, "do it right"))));

    [Fact]
    public async Task Plan_Text_SaysWhatEachStageNeeds()
    {
        Assert.Equal(0, await _run.RunAsync(Two(), "plan"));
        Assert.Contains("two: 2 stages", _run.Output, StringComparison.Ordinal);
        Assert.Contains("needs       first", _run.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_run.Folder.Path, ".pipelines")));
    }

    [Fact]
    public async Task Plan_Json_IsJson()
    {
        Assert.Equal(0, await _run.RunAsync(Two(), "plan", "--json"));
        Assert.Equal(2, JsonDocument.Parse(_run.Output).RootElement.GetProperty("stages").GetArrayLength());
    }

    [Theory]
    [InlineData("mermaid", "flowchart LR")]
    [InlineData("dot", "digraph \"two\" {")]
    public async Task Graph_Format_IsDrawn(string format, string start)
    {
        Assert.Equal(0, await _run.RunAsync(Two(), "graph", "--format", format));
        Assert.StartsWith(start, _run.Output, StringComparison.Ordinal);
        Assert.Contains("s1 -", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_NoCheckout_IsMissingWithAdvice()
    {
        Assert.Equal(3, await _run.RunAsync(Two(), "doctor"));
        Assert.Matches("ok +git ", _run.Output);
        Assert.Matches("MISSING +checkout +This folder is in no git repository", _run.Output);
        Assert.Contains("-> Run the pipeline in a checkout", _run.Output, StringComparison.Ordinal);
        Assert.Equal(3, await _run.RunAsync(Two(), "doctor", "--json"));
        Assert.Contains(JsonDocument.Parse(_run.Output).RootElement.EnumerateArray(), one => one.GetProperty("status").GetString() == "missing");
    }

    [Fact]
    public async Task Run_ThirtyRunsOn_OldFoldersGo()
    {
        for (int number = 0; number < 60; number++)
            Directory.CreateDirectory(Path.Combine(_run.Folder.Path, ".pipelines", "runs", $"20250101-0000{number:00}-aaaa"));
        Assert.Equal(0, await _run.RunAsync(Two()));
        Assert.Equal(30, Directory.GetDirectories(Path.Combine(_run.Folder.Path, ".pipelines", "runs")).Length);
    }

    private static PipelinePlan Two()
    {
        var pipeline = new PipelineBuilder("two");
        StageHandle<int> first = pipeline.Add("first", (_, _) => Task.FromResult(1));
        pipeline.Add("second", first, (_, _, _) => Task.CompletedTask);
        return pipeline.Build();
    }

    private static PipelinePlan Plan(Action<StageContext> action)
    {
        var pipeline = new PipelineBuilder("plan");
        pipeline.Add("stage", (context, _) =>
        {
            action(context);
            return Task.CompletedTask;
        });
        return pipeline.Build();
    }

    private Task<int> Tool(Command command)
    {
        var pipeline = new PipelineBuilder("tools");
        pipeline.Add("tool", (context, cancellationToken) => command.RunAsync(context, cancellationToken));
        return _run.RunAsync(pipeline.Build());
    }
}
