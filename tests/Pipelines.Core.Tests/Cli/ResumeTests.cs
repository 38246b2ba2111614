using System.Text.Json;
using Pipelines.Core.Engine.Journal;
using Pipelines.Core.Tests.Engine.Journal;

namespace Pipelines.Core.Tests.Cli;

public sealed class ResumeTests : IDisposable
{
    private readonly CliRun _run = new();
    private readonly List<string> _ran = [];
    private string? _fails;

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Resume_FailedRun_GoesOnInItsOwnFolder()
    {
        _fails = "two";
        Assert.Equal(1, await _run.RunAsync(Plan()));
        string id = Path.GetFileName(_run.RunFolder);
        Assert.Contains($"dotnet run --project build -- resume {id}", _run.Output, StringComparison.Ordinal);
        _fails = null;
        Assert.Equal(0, await _run.RunAsync(Plan(), "resume"));
        Assert.Equal(["one", "two", "two"], _ran);
        Assert.Equal(id, Path.GetFileName(_run.RunFolder)); // there is one folder only
        Assert.Contains($"Going on with the run {id}, which failed: 1 stage is restored. Again: 'two'.", _run.Error, StringComparison.Ordinal);
        Assert.Contains("↺ restored", _run.Output, StringComparison.Ordinal);
        Assert.Contains("three: succeeded", File.ReadAllText(Path.Combine(_run.RunFolder, "summary.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_NothingToGoOnWith_IsUsage()
    {
        await AssertRefusedAsync(Plan(), "There is no run to go on with in this checkout", "resume");
        Assert.Equal(0, await _run.RunAsync(Plan()));
        await AssertRefusedAsync(Plan(), "all of them succeeded", "resume");
        Assert.Equal(0, await _run.RunAsync(Plan(), "resume", Path.GetFileName(_run.RunFolder)));
        Assert.Contains("has succeeded: nothing is left to do", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_UnknownRun_OffersTheNearest()
    {
        Assert.Equal(0, await _run.RunAsync(Plan()));
        string id = Path.GetFileName(_run.RunFolder);
        await AssertRefusedAsync(Plan(), $"Did you mean '{id}'?", "resume", id[..^1] + "x");
    }

    [Fact]
    public async Task Resume_ChangedPlan_SaysWhatChanged()
    {
        _fails = "two";
        Assert.Equal(1, await _run.RunAsync(Plan()));
        await AssertRefusedAsync(Plan("four"), "cannot go on: what it was started with has changed.", "resume");
        Assert.Contains("  the stage 'three' is there no more\n  the stage 'four' is new", _run.Error, StringComparison.Ordinal);
        Assert.Contains("start a new run", _run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_OtherMode_IsRefused()
    {
        _fails = "two";
        Assert.Equal(1, await _run.RunAsync(Plan(), "--live"));
        await AssertRefusedAsync(Plan(), "the mode: it was 'live' and is 'sandbox'", "resume", "--sandbox");
        _fails = null;
        Assert.Equal(0, await _run.RunAsync(Plan(), "resume")); // its own mode is the default
    }

    [Fact]
    public async Task Resume_RunIsAlive_IsRefused()
    {
        var started = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var pipeline = new PipelineBuilder("slow");
        pipeline.Add("slow", async (_, _) =>
        {
            started.SetResult();
            await goOn.Task;
        });
        PipelinePlan plan = pipeline.Build();
#pragma warning disable CA2000 // its folder is the first one's, which disposes it
        var second = new CliRun(_run.Folder);
#pragma warning restore CA2000
        Task<int> running = _run.RunAsync(plan);
        await started.Task;
        Assert.Equal(2, await second.RunAsync(plan, "resume"));
        Assert.Contains("Another run is at work in this checkout", second.Error, StringComparison.Ordinal);
        Assert.Contains("run " + Path.GetFileName(_run.RunFolder), second.Error, StringComparison.Ordinal);
        goOn.SetResult();
        Assert.Equal(0, await running);
    }

    [Theory] // the window before a deployment is the one before the first start; the clock of the machine may have jumped since
    [InlineData(3)]
    [InlineData(-3)]
    public async Task Resume_AtAnotherTime_KeepsWhenTheRunStarted(int hours)
    {
        var started = new List<DateTimeOffset>();
        var pipeline = new PipelineBuilder("times");
        pipeline.Add("look", (context, _) =>
        {
            started.Add(context.Run.StartedAt!.Value);
            return started.Count == 1 ? throw new StageFailedException("no") : Task.CompletedTask;
        });
        PipelinePlan plan = pipeline.Build();
        _run.Time = new ShiftedTime(TimeSpan.Zero);
        Assert.Equal(1, await _run.RunAsync(plan));
        _run.Time = new ShiftedTime(TimeSpan.FromHours(hours));
        Assert.Equal(0, await _run.RunAsync(plan, "resume"));
        Assert.InRange((started[1] - started[0]).Duration(), TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Resume_TornTail_IsCutAndSaid()
    {
        _fails = "two";
        Assert.Equal(1, await _run.RunAsync(Plan()));
        string journal = Path.Combine(_run.RunFolder, RunJournal.FileName);
        byte[] bytes = File.ReadAllBytes(journal);
        File.WriteAllBytes(journal, bytes[..^10]); // in the middle of the end
        Assert.Equal(1, await _run.RunAsync(Plan(), "resume"));
        Assert.Contains("The last record of the journal was cut off in the middle", _run.Output, StringComparison.Ordinal);
        Assert.Equal(["one", "two"], _ran); // it is brought to the end it was going to
    }

    [Fact]
    public async Task Resume_DamagedJournal_IsRefusedAndLeftAsItIs()
    {
        _fails = "two";
        Assert.Equal(1, await _run.RunAsync(Plan()));
        string journal = Path.Combine(_run.RunFolder, RunJournal.FileName);
        File.WriteAllText(journal, File.ReadAllText(journal).Replace("\"outcome\":\"failed\"", "\"outcome\":\"succeeded\"", StringComparison.Ordinal));
        byte[] before = File.ReadAllBytes(journal);
        await AssertRefusedAsync(Plan(), "damaged in the middle", "resume");
        Assert.Contains("has a wrong checksum, and records follow it", _run.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(journal));
    }

    [Fact]
    public async Task Run_JournalCannotBeMade_DoesNothing()
    {
        _run.JournalWatch = new JournalWatch { Open = _ => new FailingStream(0) };
        Assert.Equal(1, await _run.RunAsync(Plan()));
        Assert.Contains("The journal of this run cannot be written.", _run.Error, StringComparison.Ordinal);
        Assert.Empty(_ran);
    }

    [Fact]
    public async Task Runs_SomeRuns_AreListedNewestFirst()
    {
        Assert.Equal(0, await _run.RunAsync(Plan(), "runs"));
        Assert.Contains("No run of this checkout has a journal.", _run.Output, StringComparison.Ordinal);
        _fails = "two";
        Assert.Equal(1, await _run.RunAsync(Plan()));
        string id = Path.GetFileName(_run.RunFolder);
        Assert.Equal(0, await _run.RunAsync(Plan(), "runs"));
        Assert.Equal($"{id}  failed       sandbox", _run.Output.TrimEnd());
        Assert.Equal(0, await _run.RunAsync(Plan(), "runs", "--json"));
        Assert.Equal("failed", JsonDocument.Parse(_run.Output).RootElement.GetProperty("runs")[0].GetProperty("ended").GetString());
    }

    [Fact]
    public async Task From_PipelineThatDoesNotKnowItsCommit_IsRefused()
    {
        Assert.Equal(0, await _run.RunAsync(Plan()));
        await AssertRefusedAsync(Plan(), "this pipeline does not ask for its commit", "--from", "two");
        await AssertRefusedAsync(Plan(), "--from: there is no stage 'tow'. Did you mean 'two'?", "--from", "tow");
        await AssertRefusedAsync(Plan(), "--from does not go with --stage.", "--from", "two", "--stage", "one");
        await AssertRefusedAsync(Plan(), "--on-cancel: 'ask' is none of undo, leave.", "--on-cancel", "ask");
    }

    /// <summary>A wall clock that is wrong; what counts seconds is right.</summary>
    private sealed class ShiftedTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }

    private async Task AssertRefusedAsync(PipelinePlan plan, string said, params string[] arguments)
    {
        Assert.Equal(2, await _run.RunAsync(plan, arguments));
        Assert.Contains(said, _run.Error, StringComparison.Ordinal);
    }

    private PipelinePlan Plan(string last = "three")
    {
        var pipeline = new PipelineBuilder("three");
        StageHandle<string>? before = null;
        foreach (string name in (string[])["one", "two", last])
        {
            StageHandle<string> stage = pipeline.Add(name, (_, _) =>
            {
                _ran.Add(name);
                return name == _fails ? throw new StageFailedException($"{name} broke") : Task.FromResult(name);
            });
            if (before is not null)
                stage.After(before);
            if (name == last)
                stage.When(_ => false);
            before = stage;
        }

        return pipeline.Build();
    }
}
