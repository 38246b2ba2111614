using System.Collections.Concurrent;

namespace Pipelines.Core.Tests.Engine;

/// <summary>Two hundred random pipelines with random failures, locks, conditions and undos: what must hold in every run.</summary>
public class RandomGraphTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(150)]
    public async Task RunAsync_RandomGraphs_KeepEveryPromise(int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + 50; seed++)
        {
            var random = new Random(seed);
            int jobs = random.Next(1, 9);
            using var cancel = new CancellationTokenSource();
            PipelinePlan plan = Plan(random, seed % 5 == 0 ? cancel : null);
            var recorder = new EngineRun.Recorder();
            Task<RunResult> running = EngineRun.Run(plan, setup => setup with { Jobs = jobs, FailFast = seed % 3 == 0, Cancel = cancel.Token, Observers = [recorder] });
            RunResult result = await running.WaitAsync(TimeSpan.FromSeconds(60));
            Check(seed, plan, jobs, result, [.. recorder.Events]);
        }
    }

    private static void Check(int seed, PipelinePlan plan, int jobs, RunResult result, IReadOnlyList<RunEvent> events)
    {
        var ended = new Dictionary<PlannedStage, StageOutcome>();
        var running = new HashSet<PlannedStage>();
        var undone = new HashSet<string>();
        var undoing = new HashSet<PlannedStage>();
        var succeeded = new List<PlannedStage>();
        foreach (RunEvent one in events)
        {
            switch (one)
            {
                case RunEvent.StageStarted { Stage: var stage }:
                    Assert.All(stage.Dependencies, dependency => Assert.True(ended.ContainsKey(dependency), $"seed {seed}: '{stage}' started before '{dependency}' ended"));
                    Assert.All(stage.Inputs, input => Assert.True(ended[input].HasOutput, $"seed {seed}: '{stage}' started without '{input}'"));
                    Assert.True(running.Add(stage), $"seed {seed}: '{stage}' started twice");
                    Assert.True(running.Count <= jobs, $"seed {seed}: {running.Count} stages at once with {jobs} jobs");
                    Assert.True(Distinct(running.Concat(undoing.Where(other => !running.Contains(other))).SelectMany(other => other.Locks)), $"seed {seed}: '{stage}' overlaps a lock");
                    break;
                case RunEvent.StageEnded { Stage: var stage, Outcome: var outcome }:
                    Assert.True(ended.TryAdd(stage, outcome), $"seed {seed}: '{stage}' ended twice");
                    running.Remove(stage);
                    if (outcome is StageOutcome.Succeeded)
                        succeeded.Add(stage);
                    break;
                case RunEvent.UndoStarted { Stage: var stage }:
                    Assert.True(undone.Add(stage.Name), $"seed {seed}: '{stage}' undone twice");
                    Assert.Contains(stage, succeeded);
                    Assert.DoesNotContain(running, other => other.Environment == stage.Environment && !other.Always);
                    undoing.Add(stage);
                    break;
                case RunEvent.UndoEnded { Stage: var stage }:
                    undoing.Remove(stage);
                    break;
            }
        }

        Assert.Equal(plan.Stages.Count, ended.Count);
        Assert.Equal(plan.Stages.Count, result.Stages.Count);
        Assert.All(result.Stages, stage => Assert.Same(ended[stage.Stage], stage.Outcome));
        Assert.Equal(undone, result.Undos.Select(undo => undo.Stage).ToHashSet());
        Assert.InRange(result.Stages.Sum(stage => stage.CriticalShare), 0, 1.0001);

        bool stopped = result.Stages.Any(stage => !stage.Stage.Always && stage.Outcome.IsFailure);
        foreach (StageResult stage in result.Stages)
        {
            switch (stage.Outcome)
            {
                case StageOutcome.Skipped { Cause: SkipCause.Dependency cause }:
                    StageOutcome root = result.Of(cause.Stage);
                    Assert.True(root.IsFailure || root is StageOutcome.Skipped { Cause: SkipCause.Condition }, $"seed {seed}: '{cause.Stage}' is no root: {root}");
                    break;
                case StageOutcome.Skipped { Cause: SkipCause.RunStopped }:
                    Assert.True(stopped, $"seed {seed}: '{stage.Stage}' says the run stopped");
                    break;
                case StageOutcome.Succeeded when stage.Stage is { IsUndoable: true, Always: false }:
                    bool unproven = result.Status != RunStatus.Succeeded && Dependents(plan, stage.Stage).Any(other => result.Of(other.Name).IsFailure);
                    Assert.True(!unproven || undone.Contains(stage.Stage.Name), $"seed {seed}: '{stage.Stage}' should have been undone");
                    break;
            }
        }

        if (!stopped && result.Stages.All(stage => !stage.Outcome.IsFailure))
            Assert.Empty(result.Undos);
    }

    /// <summary>All stages of the same environment that come after the stage.</summary>
    private static HashSet<PlannedStage> Dependents(PipelinePlan plan, PlannedStage stage)
    {
        var found = new HashSet<PlannedStage>();
        foreach (PlannedStage other in plan.Stages)
            if (!other.Always && other.Environment == stage.Environment && other.Dependencies.Any(dependency => dependency == stage || found.Contains(dependency)))
                found.Add(other);
        return found;
    }

    private static PipelinePlan Plan(Random random, CancellationTokenSource? cancel)
    {
        var pipeline = new PipelineBuilder("p");
        var handles = new List<StageHandle<int>>();
        int count = random.Next(2, 60);
        int cancelAt = random.Next(count);
        for (int index = 0; index < count; index++)
        {
            int mine = index, fate = random.Next(100), waits = random.Next(4);
            async Task<int> Work(StageContext context, CancellationToken cancellationToken)
            {
                if (mine == cancelAt && cancel is not null)
                    await cancel.CancelAsync();
                for (int wait = 0; wait < waits; wait++)
                    await Task.Yield();
                if (fate < 3)
                    throw new StageFailedException("bad luck");
                return mine;
            }

            string name = $"stage {index}";
            StageHandle<int>? input = handles.Count > 0 && random.Next(3) > 0 ? handles[random.Next(handles.Count)] : null;
            StageHandle<int> handle = (random.Next(4), input) switch
            {
                (0, null) => pipeline.Add(name, new Effect(name, random.Next(2) == 0 ? "staging" : "prod", new ConcurrentQueue<string>())),
                (0, _) => pipeline.Add<int, int>(name, new Effect(name, random.Next(2) == 0 ? "staging" : "prod", new ConcurrentQueue<string>()), input),
                (_, null) => pipeline.Add(name, Work),
                _ => pipeline.Add(name, input, (_, context, cancellationToken) => Work(context, cancellationToken)),
            };
            for (int after = random.Next(3); after > 0 && handles.Count > 0; after--)
                handle.After(handles[random.Next(handles.Count)]);
            for (int locks = random.Next(-2, 4); locks > 0; locks--)
                handle.Lock("lock " + random.Next(3));
            int condition = random.Next(20);
            if (condition == 0)
                handle.When(false);
            else if (condition == 1 && random.Next(3) == 0)
                handle.When(_ => throw new InvalidOperationException("odd"), "odd");
            if (random.Next(10) == 0)
                handle.Always();
            handles.Add(handle);
        }

        return pipeline.Build();
    }

    private static bool Distinct(IEnumerable<string> names)
    {
        var seen = new HashSet<string>();
        return names.All(seen.Add);
    }
}
