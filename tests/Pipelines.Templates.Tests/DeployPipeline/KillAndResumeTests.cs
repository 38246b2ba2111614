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
    public async Task Resume_AfterAKillAtEveryEffectOfAGoodRun_EndsAsIfNobodyHadKilledIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        string[] records = await UndisturbedAsync(0);
        Assert.Equal(3, records.Count(record => record == "effect-began")); // the image, staging, prod
        await ForEachAsync(Kills(records, 1), async kill =>
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
        await ForEachAsync(UndoKills(records), async kill =>
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
    public async Task Resume_AfterAKillAtEveryRecordOfProdsUndo_TakesProdBackOnceAndLeavesStaging()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        string[] ofProd = ["--from", "approve prod", "--sandbox-fault", "smoke"];
        string[] records;
        using (Service service = await InStagingAsync())
        {
            Say(0, await ServiceProcess.RunAsync(service, ["deploy", .. ofProd, .. Settings]), 1);
            AssertUndoneInProd(service, 0);
            records = Records(service);
        }

        Assert.Equal(2, records.Count(record => record == "effect-began")); // prod, and its revert
        await ForEachAsync(UndoKills(records), async kill =>
        {
            using Service service = await InStagingAsync();
            Say(kill, await ServiceProcess.RunAsync(service, ["deploy-killed", Text(kill), .. ofProd, .. Settings]), Killed);
            (int exitCode, string output) = await ServiceProcess.RunAsync(service, "deploy", "resume", "--sandbox-fault", "smoke");
            Say(kill, (exitCode, output), 1);
            AssertUndoneInProd(service, kill);
        });
    }

    [Fact]
    public async Task Resume_KilledAgainAndAgain_StillDoesEverythingOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        using var service = new Service();
        Say(6, await ServiceProcess.RunAsync(service, ["deploy-killed", "6", .. Settings]), Killed); // the push has begun
        Say(8, await ServiceProcess.RunAsync(service, "deploy-killed", "-9", "resume"), Killed); // "resumed" is the seventh; the push was done, and nobody knows
        foreach (int kill in (int[])[10, 12, 14, 18, 22, 26])
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
        Assert.Contains("which failed: 5 stages are restored. Again: 'lock staging', 'deploy staging', 'sync staging', 'smoke staging'", output, StringComparison.Ordinal);
        Assert.Contains($"'{service.Head}'", service.Manifest(), StringComparison.Ordinal);
        Assert.Equal(["update", "update", "unblock", "revert", "update", "Seed"], Commits(service));
    }

    private static async Task<string[]> UndisturbedAsync(int exitCode, params string[] arguments)
    {
        using var service = new Service();
        Say(0, await ServiceProcess.RunAsync(service, ["deploy", .. arguments, .. Settings]), exitCode);
        if (exitCode == 0)
            AssertDeployed(service, 0);
        else
            AssertUndone(service, 0);
        return Records(service);
    }

    /// <summary>A service that has gone as far as staging, and stays there.</summary>
    private static async Task<Service> InStagingAsync()
    {
        var service = new Service();
        Say(0, await ServiceProcess.RunAsync(service, ["deploy", "--stage", "record staging", .. Settings]), 0);
        return service;
    }

    private static string[] Records(Service service) =>
        [.. File.ReadLines(Path.Combine(service.Runs[^1], "journal.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("record").GetString()!)];

    /// <summary>Before and after each effect, after it was done and before that is written (below zero), and every third of the other records.</summary>
    private static int[] Kills(string[] records, int from)
    {
        int[] effects = [.. records.Index().Where(record => record.Item is "effect-began" or "effect-ended").Select(record => record.Index + 1)];
        int[] others = [.. Enumerable.Range(from, records.Length - from + 1).Except(effects)];
        return [.. effects.Where(place => place >= from), .. effects.Where(place => place >= from && records[place - 1] == "effect-ended").Select(place => -place), .. others.Where((_, index) => index % 3 == 0).Append(records.Length).Distinct()];
    }

    /// <summary>Every record of an undo, from the one before it: how the smoke test ended.</summary>
    private static int[] UndoKills(string[] records)
    {
        int first = Array.IndexOf(records, "undo-began");
        int reverted = Array.LastIndexOf(records, "effect-ended") + 1;
        return [.. Enumerable.Range(first, records.Length - first), -reverted, -records.Length]; // the end itself is no boundary: what failed is tried again then
    }

    private static void AssertDeployed(Service service, int kill)
    {
        string where = $"killed at {kill}";
        Assert.True(service.Manifest() == "# staging\nreplicas: 2 # two are enough\nimage:\n  repository: \"order-service\"   # where\n  tag:   '" + service.Head + "'   # set by the pipeline\n", $"{where}: {service.Manifest()}");
        Assert.True(service.Manifest(Service.ProdManifestFile) == File.ReadAllText(service.In("deploy/values-prod.yaml")).Replace("none", service.Head, StringComparison.Ordinal), $"{where}: {service.Manifest(Service.ProdManifestFile)}");
        Assert.True(Commits(service) is ["update", "update", "Seed"], $"{where}: {string.Join(", ", Commits(service))}");
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

    private static void AssertUndoneInProd(Service service, int kill)
    {
        string where = $"killed at {kill}";
        Assert.True(service.Manifest().Contains(service.Head, StringComparison.Ordinal), $"{where}: {service.Manifest()}");
        Assert.True(service.Manifest(Service.ProdManifestFile) == File.ReadAllText(service.In("deploy/values-prod.yaml")), $"{where}: {service.Manifest(Service.ProdManifestFile)}");
        Assert.True(Commits(service) is ["revert", "update", "update", "Seed"], $"{where}: {string.Join(", ", Commits(service))}");
        AssertImage(service, where);
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
