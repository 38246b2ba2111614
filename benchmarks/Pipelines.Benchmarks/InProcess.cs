using System.Diagnostics;
using System.Globalization;
using Pipelines.Core;
using Pipelines.Core.Engine;
using Pipelines.Core.Model;

namespace Pipelines.Benchmarks;

/// <summary>The engine alone, without the start of a process.</summary>
internal static class InProcess
{
    private const int Repeats = 7;

    public static async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        var rows = new List<Row>();
        foreach (bool chain in new[] { true, false })
        {
            (double milliseconds, long bytes) = await MedianAsync(() => Plan(10_000, chain, TimeSpan.Zero), Environment.ProcessorCount);
            double perStage = milliseconds * 1000 / 10_000;
            rows.Add(new Row(
                $"in process, 10 000 no-op stages {(chain ? "in a chain" : "independent")}, built and run",
                string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms ({perStage:0.0} µs a stage)"),
                "–",
                1,
                null,
                string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0} MB allocated")));
        }

        foreach (int jobs in new[] { 4, 16, 200 })
        {
            var wait = TimeSpan.FromMilliseconds(20);
            (double milliseconds, _) = await MedianAsync(() => Plan(200, chain: false, wait), jobs);
            double ideal = Math.Ceiling(200.0 / jobs) * wait.TotalMilliseconds;
            rows.Add(new Row(
                $"in process, 200 stages × 20 ms, --jobs {jobs}",
                string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0} ms"),
                string.Create(CultureInfo.InvariantCulture, $"ideal {ideal:0} ms"),
                milliseconds / ideal,
                1.05,
                "–"));
        }

        return rows;
    }

    private static async Task<(double Milliseconds, long Bytes)> MedianAsync(Func<PipelinePlan> plan, int jobs)
    {
        var times = new List<double>();
        long bytes = 0;
        for (int repeat = 0; repeat <= Repeats; repeat++)
        {
            GC.Collect();
            long before = GC.GetTotalAllocatedBytes();
            long started = Stopwatch.GetTimestamp();
            RunResult result = await PipelineRun.RunAsync(plan(), Setup(jobs));
            if (repeat > 0) // the first one warms up
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            bytes = GC.GetTotalAllocatedBytes() - before;
            if (result.Status != RunStatus.Succeeded)
                throw new InvalidOperationException("the measured run failed");
        }

        return (Comparison.Median(times), bytes);
    }

    private static PipelinePlan Plan(int count, bool chain, TimeSpan wait)
    {
        var pipeline = new PipelineBuilder("benchmark");
        StageHandle<Unit>? last = null;
        for (int index = 0; index < count; index++)
        {
            StageHandle<Unit> stage = pipeline.Add($"stage {index}", (_, cancellationToken) => wait == TimeSpan.Zero ? Task.CompletedTask : PreciseDelay.WaitAsync(wait, cancellationToken));
            if (chain && last is not null)
                stage.After(last);
            last = stage;
        }

        return pipeline.Build();
    }

    private static RunSetup Setup(int jobs) => new()
    {
        Run = new RunInfo { Id = "benchmark", Pipeline = "benchmark", Mode = RunMode.Sandbox, Directory = "/", RunDirectory = "/", Host = "local", IsCi = false },
        Secrets = new NoSecrets(),
        Masker = new NoMasker(),
        Time = TimeProvider.System,
        Jobs = jobs,
    };

    private sealed class NoSecrets : ISecretResolver
    {
        public Task<Secret> GetAsync(SecretReference reference, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<SecretSet> GetSetAsync(SecretReference reference, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public void Add(Secret secret) { }
    }

    private sealed class NoMasker : ITextMasker
    {
        public string Mask(string text) => text;
    }
}
