using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Pipelines.Templates.Tests.Deploy;

/// <summary>Kills real runs at every record of their journal, lets them go on, and compares with a run that nobody disturbed.</summary>
public class KillAndResumeTests
{
    private const int Killed = 137;
    private static readonly string[] Settings = ["--set", "image.builder=assembler", "--set", "smoke.timeout=1s"];

    [Fact]
    public async Task Resume_AfterAKillAtEveryRecordOfAGoodRun_EndsAsIfNobodyHadKilledIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        string[] records = await UndisturbedAsync(0);
        Assert.Equal(2, records.Count(record => record == "effect-began"));
        int[] kills = [.. Enumerable.Range(1, records.Length), .. EffectEnds(records).Select(place => -place)];
        await ForEachAsync(kills, async kill =>
        {
            using var service = new Service();
            Say(kill, await ServiceProcess.RunAsync(service, ["deploy-killed", Text(kill), .. Settings]), Killed);
            (int exitCode, string output) = await ServiceProcess.RunAsync(service, "deploy", "resume", Path.GetFileName(service.Runs[^1]));
            Say(kill, (exitCode, output), 0);
            AssertDeployed(service, kill);
            Assert.True(Posts(service) <= 2, $"killed at {kill}: {Posts(service)} Slack messages");
        });
    }

    [Fact]
    public async Task Resume_AfterAKillAtEveryRecordOfAnUndo_FinishesTheUndoOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        string[] records = await UndisturbedAsync(1, "--sandbox-fault", "smoke");
        Assert.Equal(3, records.Count(record => record == "effect-began"));
        int first = Array.IndexOf(records, "undo-began"); // the record before it, from 1: how the smoke test ended
        int[] kills = [.. Enumerable.Range(first - 1, records.Length - first + 1), -EffectEnds(records)[^1], -records.Length]; // the end itself is no boundary: what failed is tried again then
        await ForEachAsync(kills, async kill =>
        {
            using var service = new Service();
            Say(kill, await ServiceProcess.RunAsync(service, ["deploy-killed", Text(kill), "--sandbox-fault", "smoke", .. Settings]), Killed);
            (int exitCode, string output) = await ServiceProcess.RunAsync(service, "deploy", "resume", "--sandbox-fault", "smoke");
            Say(kill, (exitCode, output), 1);
            AssertUndone(service, kill);
            Assert.True(Posts(service) <= 2, $"killed at {kill}: {Posts(service)} Slack messages");
        });
    }

    [Fact]
    public async Task Resume_KilledAgainAndAgain_StillDoesEverythingOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        using var service = new Service();
        Say(6, await ServiceProcess.RunAsync(service, ["deploy-killed", "6", .. Settings]), Killed); // the push has begun
        Say(8, await ServiceProcess.RunAsync(service, "deploy-killed", "-9", "resume"), Killed); // "resumed" is the seventh; the push was done, and nobody knows
        foreach (int kill in (int[])[10, 12, 14])
            await ServiceProcess.RunAsync(service, "deploy-killed", Text(kill), "resume");
        (int exitCode, string output) = await ServiceProcess.RunAsync(service, "deploy", "resume", Path.GetFileName(Assert.Single(service.Runs)));
        Assert.True(exitCode == 0, output);
        AssertDeployed(service, 0);
    }

    [Fact]
    public async Task Resume_OfARunThatFailedAndWasUndone_DeploysAgain()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        using var service = new Service();
        Assert.Equal(1, (await ServiceProcess.RunAsync(service, ["deploy", "--sandbox-fault", "smoke", .. Settings])).ExitCode);
        (int refused, string why) = await ServiceProcess.RunAsync(service, "deploy", "unblock", "--env", "staging", "--reason", "the sandbox was told to fail");
        Assert.True(refused == 0, why);
        (int exitCode, string output) = await ServiceProcess.RunAsync(service, "deploy", "resume");
        Assert.True(exitCode == 0, output);
        Assert.Contains("which failed: 5 stages are restored. Again: 'lock staging', 'deploy staging', 'sync staging', 'smoke staging', 'release staging'.", output, StringComparison.Ordinal);
        Assert.Contains($"'{service.Head}'", service.Manifest(), StringComparison.Ordinal);
        Assert.Equal(["update", "unblock", "revert", "update", "Seed"], Commits(service));
    }

    private static async Task<string[]> UndisturbedAsync(int exitCode, params string[] arguments)
    {
        using var service = new Service();
        Say(0, await ServiceProcess.RunAsync(service, ["deploy", .. arguments, .. Settings]), exitCode);
        if (exitCode == 0)
            AssertDeployed(service, 0);
        else
            AssertUndone(service, 0);
        return [.. File.ReadLines(Path.Combine(service.Runs[^1], "journal.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("record").GetString()!)];
    }

    private static int[] EffectEnds(string[] records) => [.. records.Index().Where(record => record.Item == "effect-ended").Select(record => record.Index + 1)];

    private static void AssertDeployed(Service service, int kill)
    {
        string where = $"killed at {kill}";
        Assert.True(service.Manifest() == "# staging\nreplicas: 2 # two are enough\nimage:\n  repository: \"order-service\"   # where\n  tag:   '" + service.Head + "'   # set by the pipeline\n", $"{where}: {service.Manifest()}");
        Assert.True(Commits(service) is ["update", "Seed"], $"{where}: {string.Join(", ", Commits(service))}");
        AssertImage(service, where);
        Assert.Equal("", service.ManifestRefs("refs/pipelines/locks"));
        string summary = File.ReadAllText(Path.Combine(Assert.Single(service.Runs), "summary.md"));
        Assert.Contains("order-service: succeeded", summary, StringComparison.Ordinal);
        Assert.Contains("200 from", summary, StringComparison.Ordinal);
    }

    private static void AssertUndone(Service service, int kill)
    {
        string where = $"killed at {kill}";
        Assert.True(service.Manifest() == File.ReadAllText(service.In("deploy/values-staging.yaml")), $"{where}: {service.Manifest()}");
        Assert.True(Commits(service) is ["revert", "update", "Seed"], $"{where}: {string.Join(", ", Commits(service))}");
        AssertImage(service, where);
        Assert.Equal("", service.ManifestRefs("refs/pipelines/locks"));
        string summary = File.ReadAllText(Path.Combine(Assert.Single(service.Runs), "summary.md"));
        Assert.Contains("order-service failed: smoke staging", summary, StringComparison.Ordinal);
        Assert.Contains("is back at none (revert", summary, StringComparison.Ordinal);
        Assert.Contains("503", summary, StringComparison.Ordinal);
    }

    /// <summary>One tag, one manifest, and the summary tells its digest.</summary>
    private static void AssertImage(Service service, string where)
    {
        string repository = service.In(".pipelines/sandbox/registry/repositories/order-service");
        Assert.True(Directory.GetFiles(Path.Combine(repository, "_tags")) is [var tag] && Path.GetFileName(tag) == service.Head, where);
        string digest = "sha256:" + Path.GetFileName(Assert.Single(Directory.GetFiles(Path.Combine(repository, "_manifests"))));
        Assert.Contains(digest, File.ReadAllText(Path.Combine(service.Runs[^1], "summary.md")), StringComparison.Ordinal);
    }

    private static string[] Commits(Service service) =>
        [.. service.ManifestLog("--format=%s").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(subject => subject.Replace("ci: ", "", StringComparison.Ordinal).Split(' ')[0])];

    private static int Posts(Service service) => File.Exists(service.In(".pipelines/sandbox/slack.jsonl")) ? File.ReadLines(service.In(".pipelines/sandbox/slack.jsonl")).Count(line => line.Contains("chat.postMessage", StringComparison.Ordinal)) : 0;

    private static async Task ForEachAsync(int[] kills, Func<int, Task> body)
    {
        long started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(kills, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (kill, _) => await body(kill));
        TestContext.Current.TestOutputHelper?.WriteLine($"{kills.Length} kills in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
    }

    private static void Say(int kill, (int ExitCode, string Output) run, int expected) => Assert.True(run.ExitCode == expected, $"killed at {kill}: exit code {run.ExitCode} instead of {expected}\n{run.Output}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
