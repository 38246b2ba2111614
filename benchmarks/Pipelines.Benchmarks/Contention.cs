using System.Diagnostics;
using System.Globalization;
using Pipelines.Core;
using Pipelines.Core.GitOps;
using Pipelines.Core.Model;
using Pipelines.Core.Tools;

namespace Pipelines.Benchmarks;

/// <summary>Many services that deploy at once to one manifest repository: ours, and what people write in shell scripts (clone, edit, commit, push, and pull --rebase until it goes through).</summary>
internal static class Contention
{
    public static async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        var rows = new List<Row>();
        foreach (int services in (int[])[10, 25, 50])
        {
            (TimeSpan plain, int plainPushes) = await TimeAsync(services, PlainAsync);
            (TimeSpan ours, int pushes) = await TimeAsync(services, OursAsync);
            rows.Add(new Row(
                $"{services} services deploy at once to one manifest repository (file)",
                string.Create(CultureInfo.InvariantCulture, $"{ours.TotalSeconds:0.0} s, {pushes / (double)services:0.0} pushes for each"),
                string.Create(CultureInfo.InvariantCulture, $"plain git loops {plain.TotalSeconds:0.0} s, {plainPushes / (double)services:0.0} pushes for each"),
                ours / plain,
                null,
                "–"));
        }

        return rows;
    }

    private static async Task<(TimeSpan, int)> TimeAsync(int services, Func<string, string, int, Task<int>> deploy)
    {
        string folder = Directory.CreateTempSubdirectory("pipelines-contention-").FullName;
        try
        {
            string bare = Path.Combine(folder, "manifests.git");
            Directory.CreateDirectory(bare);
            await GitAsync(bare, "", "init", "-q", "--bare", "-b", "main");
            string files = string.Concat(Enumerable.Range(1, services).Select(number => $"M 100644 inline {ValuesFile(number)}\ndata 18\nimage:\n  tag: old\n\n"));
            await GitAsync(bare, $"commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 5\nfirst\n{files}\n", "fast-import", "--quiet");
            long started = Stopwatch.GetTimestamp();
            int[] pushes = await Task.WhenAll(Enumerable.Range(1, services).Select(number => Task.Run(() => deploy(bare, Path.Combine(folder, "service" + number), number))));
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            int landed = int.Parse((await GitAsync(bare, "", "rev-list", "--count", "main")).Output, CultureInfo.InvariantCulture) - 1;
            return landed == services ? (took, pushes.Sum()) : throw new InvalidOperationException($"{landed} of {services} landed");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> OursAsync(string bare, string folder, int number)
    {
        var log = new LostPushes();
        var run = new RunInfo { Id = "run-" + number, Pipeline = "benchmark", Mode = RunMode.Live, Directory = folder, RunDirectory = folder, Host = "local", IsCi = false };
        var context = new StageContext("deploy", run, log, null!, TimeProvider.System);
        using var repository = new ManifestRepository(new ManifestTarget { Repository = bare, File = ValuesFile(number) }, context);
        await repository.SetTagAsync(new ManifestCommit("service" + number, "new", run.Id) { Environment = "staging", Digest = "sha256:new" }, CancellationToken.None);
        return log.Count + 1;
    }

    private static async Task<int> PlainAsync(string bare, string folder, int number)
    {
        Directory.CreateDirectory(folder);
        await GitAsync(folder, "", "clone", "-q", bare, ".");
        string file = Path.Combine(folder, ValuesFile(number));
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("old", "new", StringComparison.Ordinal));
        await GitAsync(folder, "", "commit", "-q", "-a", "-m", "deploy");
        for (int pushes = 1; ; pushes++)
        {
            if ((await GitAsync(folder, null, "push", "-q", "origin", "main")).Succeeded)
                return pushes;
            await GitAsync(folder, "", "pull", "-q", "--rebase");
        }
    }

    private static string ValuesFile(int number) => $"apps/service{number}/values.yaml";

    /// <param name="folder">Where.</param>
    /// <param name="input">What it reads; null where it may fail.</param>
    /// <param name="arguments">What it does.</param>
    private static async Task<CommandResult> GitAsync(string folder, string? input, params string[] arguments)
    {
        Command command = new Command("git", ["-c", "user.name=A", "-c", "user.email=a@example.com", .. arguments]).WithInput(input ?? "").AllowAnyExitCode().Quiet();
        CommandResult result = await ProcessRunner.RunAsync(command, folder, null, TimeProvider.System, CancellationToken.None);
        return result.Succeeded || input is null ? result : throw new InvalidOperationException(result.ErrorOutput);
    }

    private sealed class LostPushes : IStageReporter
    {
        public int Count { get; private set; }

        public void Log(LogLevel level, string message) => Count += message.Contains("at the same time", StringComparison.Ordinal) ? 1 : 0;

        public void Report(StageReport report)
        {
            // Nobody reads it.
        }
    }
}
