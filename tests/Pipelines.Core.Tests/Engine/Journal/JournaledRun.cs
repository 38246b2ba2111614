using Pipelines.Core.Engine;
using Pipelines.Core.Engine.Journal;
using Pipelines.Core.Model;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Engine.Journal;

/// <summary>Runs plans with a journal, cuts the journal off as a kill would, and goes on.</summary>
internal sealed class JournaledRun : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public string Path => System.IO.Path.Combine(_folder.Path, RunJournal.FileName);

    public ITextMasker Masker { get; set; } = new EngineRun.NoMasker();

    public JournalWatch? Watch { get; set; }

    public EngineRun.Recorder Events { get; private set; } = new();

    public List<string> Warnings { get; } = [];

    public Resumption? Resumption { get; private set; }

    public string[] Lines => File.ReadAllLines(Path);

    public string[] Records => [.. RunHistory.Read(Path).Content.Records.Select(record => record.GetProperty("record").GetString()!)];

    public static RunIdentity Identity(PipelinePlan plan, string run = "run-1") => new()
    {
        Run = run,
        Pipeline = plan.Name,
        Library = "1.0.0",
        Script = "s",
        Mode = RunMode.Live,
        Directory = "/checkout",
        Commit = "abc",
        Tag = "abc",
        Stages = RunIdentity.StagesOf(plan),
        Settings = [("smoke.url", "https://x")],
    };

    public async Task<RunResult> StartAsync(PipelinePlan plan, Func<RunSetup, RunSetup>? change = null)
    {
        File.Delete(Path);
        using var journal = RunJournal.Create(Path, Identity(plan), Masker, TimeProvider.System, Watch);
        return await RunAsync(plan, journal, null, change);
    }

    /// <summary>Goes on after a kill that left so many records; all of them without a number.</summary>
    public async Task<RunResult> ResumeAsync(PipelinePlan plan, int? records = null, Func<RunSetup, RunSetup>? change = null)
    {
        if (records is { } kept)
            File.WriteAllText(Path, string.Concat(Lines[..kept].Select(line => line + "\n")));
        var history = RunHistory.Read(Path);
        Resumption = Resumption.Continue(history, plan, null);
        using var journal = RunJournal.Continue(Path, history, Resumption.Again, Masker, TimeProvider.System, Watch);
        return await RunAsync(plan, journal, Resumption, change);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<RunResult> RunAsync(PipelinePlan plan, RunJournal journal, Resumption? resumption, Func<RunSetup, RunSetup>? change)
    {
        Events = new EngineRun.Recorder();
        journal.Warn = Warnings.Add;
        RunSetup setup = EngineRun.Setup() with { Journal = journal, Resumption = resumption, Observers = [Events], Masker = Masker, Jobs = 1 };
        RunResult result = await PipelineRun.RunAsync(plan, change?.Invoke(setup) ?? setup);
        journal.RunEnded(result);
        return result;
    }
}
