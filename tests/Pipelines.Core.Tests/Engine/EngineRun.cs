using System.Collections.Concurrent;
using Pipelines.Core.Engine;
using Pipelines.Core.Model;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Engine;

/// <summary>Runs plans in process and records their events.</summary>
internal static class EngineRun
{
    public static Task<RunResult> Run(PipelinePlan plan, Func<RunSetup, RunSetup>? change = null)
    {
        RunSetup setup = Setup();
        return PipelineRun.RunAsync(plan, change?.Invoke(setup) ?? setup);
    }

    public static RunSetup Setup() => new()
    {
        Run = new RecordingContext().Run,
        Secrets = new RecordingContext().Context.Secrets,
        Masker = new NoMasker(),
        Time = TimeProvider.System,
        Jobs = 4,
    };

    public static StageOutcome Of(this RunResult result, string stage) => result.Stages.Single(one => one.Stage.Name == stage).Outcome;

    /// <summary>Why a stage was skipped.</summary>
    public static string SkipOf(this RunResult result, string stage) => Assert.IsType<StageOutcome.Skipped>(result.Of(stage)).Cause.ToString()!;

    public static Failure FailureOf(this RunResult result, string stage) => Assert.IsType<StageOutcome.Failed>(result.Of(stage)).Failure;

    internal sealed class NoMasker : ITextMasker
    {
        public string Mask(string text) => text;
    }

    internal sealed class Recorder : IRunObserver
    {
        public ConcurrentQueue<RunEvent> Events { get; } = new();

        public bool Completed { get; private set; }

        public void OnEvent(RunEvent runEvent) => Events.Enqueue(runEvent);

        public Task CompleteAsync(CancellationToken cancellationToken)
        {
            Completed = true;
            return Task.CompletedTask;
        }
    }
}
