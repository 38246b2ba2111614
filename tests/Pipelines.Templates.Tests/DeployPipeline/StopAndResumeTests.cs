using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Pipelines.Templates.Tests.Deploy;

/// <summary>The CI system asks real runs to end (SIGTERM) at the records of their journal, or their disk is full from there on. What is left is told, and going on ends where a run ends that nobody disturbed.</summary>
public partial class StopAndResumeTests
{
    private const int Stopped = 130;
    private static readonly string[] s_settings = ["--set", "image.builder=assembler", "--set", "smoke.timeout=1s"];

    [Fact]
    public async Task Run_SigtermAtAnyRecord_IsUndoneAndGoesOnToTheSameEnd()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        (string[] records, string end) = await UndisturbedAsync();
        await ForEachAsync(Enumerable.Range(Array.IndexOf(records, "effect-began"), records.Length - 1 - Array.IndexOf(records, "effect-began")), async stop =>
        {
            using var service = new Service();
            (int exitCode, string output) = await ServiceProcess.RunAsync(service, ["deploy-stopped", Text(stop), .. s_settings]);
            if (exitCode == 0 && stop >= records.Length - 2)
                return; // it was done
            Assert.True(exitCode == Stopped, Say(stop, output));
            Assert.Contains("what was deployed and not proven is undone. Once more to end at once.", output, StringComparison.Ordinal);
            bool undone = Commits(service).Contains("revert");
            Assert.EndsWith($"The run was cancelled, and {(undone ? "what was deployed and not proven was undone" : "nothing was deployed that is not proven")}. Go on with it: {Resume(service)}", output.TrimEnd(), StringComparison.Ordinal);
            Assert.True(undone || State(service) == end || !Commits(service).Contains("update"), Say(stop, output));
            Assert.False(Files(service).Contains(".blocked", StringComparison.Ordinal), Say(stop, "a cancelled run blocks nothing"));
            await GoOnAsync(service, stop, end);
        });
    }

    [Fact]
    public async Task Run_SigtermToLeave_StaysAndGoesOnWithoutDoingAnythingTwice()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        (string[] records, string end) = await UndisturbedAsync();
        int pushed = Array.LastIndexOf(records, "effect-ended") + 1;
        await ForEachAsync([pushed - 1, pushed, pushed + 1, pushed + 2], async stop =>
        {
            using var service = new Service();
            service.Write("pipeline.yaml", "run:\n  on-cancel: leave\n");
            service.Commit("Leave what a cancelled run deployed");
            (int exitCode, string output) = await ServiceProcess.RunAsync(service, ["deploy-stopped", Text(stop), .. s_settings]);
            Assert.True(exitCode == Stopped, Say(stop, output));
            Assert.Contains("what was deployed is left as it is. Once more to end at once.", output, StringComparison.Ordinal);
            Assert.EndsWith($"The run was cancelled, and what was done is left as it is (the setting run.on-cancel is leave). Go on with it: {Resume(service)}", output.TrimEnd(), StringComparison.Ordinal);
            Assert.DoesNotContain("revert", Commits(service));
            await GoOnAsync(service, stop, end);
            Assert.DoesNotContain("revert", Commits(service));
            Assert.Equal(["update", "update", "Seed"], Commits(service)); // one commit each
        });
    }

    [Fact]
    public async Task Run_OptionAndSetting_TheOptionWins()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        (string[] records, _) = await UndisturbedAsync();
        using var service = new Service();
        (int exitCode, string output) = await ServiceProcess.RunAsync(service, ["deploy-stopped", Text(Array.LastIndexOf(records, "effect-ended") + 2), "--set", "run.on-cancel=leave", "--on-cancel", "undo", .. s_settings]);
        Assert.True(exitCode == Stopped, output);
        Assert.Contains("revert", Commits(service));
    }

    [Fact]
    public async Task Run_SigtermDuringTheUndo_FinishesItOnceAndStaysBlocked()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        string[] fault = ["--sandbox-fault", "smoke"];
        using var undisturbed = new Service();
        Assert.Equal(1, (await ServiceProcess.RunAsync(undisturbed, ["deploy", .. fault, .. s_settings])).ExitCode);
        string[] records = Records(undisturbed);
        string end = State(undisturbed);
        int first = Array.IndexOf(records, "undo-began");
        await ForEachAsync(Enumerable.Range(first, records.Length - 1 - first), async stop =>
        {
            using var service = new Service();
            (int exitCode, string output) = await ServiceProcess.RunAsync(service, ["deploy-stopped", Text(stop), .. fault, .. s_settings]);
            Assert.True(exitCode == Stopped || (exitCode == 1 && stop >= records.Length - 2), Say(stop, output));
            Assert.True(State(service) == end, Say(stop, State(service)));
            Assert.Single(Commits(service), "revert");

            // What failed is tried again, and is blocked: the failure was the image's.
            (exitCode, output) = await ServiceProcess.RunAsync(service, ["deploy", "resume"]);
            Assert.True(exitCode == 1, Say(stop, output));
            Assert.Contains("was rolled back in 'staging' and is blocked there", output, StringComparison.Ordinal);
            Assert.True(State(service) == end, Say(stop, State(service)));
        });
    }

    [Fact]
    public async Task Run_DiskIsFullAtTheJournal_StopsBeforeTheNextEffectAndGoesOnWithSpace()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no device that is full");
        (string[] records, string end) = await UndisturbedAsync();
        int[] effects = [.. records.Index().Where(record => record.Item == "effect-began").Select(record => record.Index)]; // what fits before it
        await ForEachAsync([effects[0], effects[^1], effects[^1] + 1, effects[^1] + 2], async fits =>
        {
            using var service = new Service();
            (int exitCode, string output) = await ServiceProcess.RunAsync(service, ["deploy-full", Text(fits), .. s_settings]);
            Assert.Contains("The journal of this run cannot be written. The run stops before its next outside effect, and can go on only from what was kept until now.", output, StringComparison.Ordinal);
            Assert.Contains("No space left on device", output, StringComparison.Ordinal);
            if (fits > effects[^1])
            {
                Assert.True(exitCode == 0, Say(fits, output)); // no effect was left, and a run that proved itself is no failure
            }
            else
            {
                Assert.True(exitCode == 1, Say(fits, output));
                Assert.Contains("was not done: the journal of this run cannot be written", output, StringComparison.Ordinal);
                Assert.Contains("Free some space", output, StringComparison.Ordinal);
            }

            await GoOnAsync(service, fits, end);
            Assert.DoesNotContain("revert", Commits(service));
        });
    }

    private static async Task GoOnAsync(Service service, int record, string end)
    {
        (int exitCode, string output) = await ServiceProcess.RunAsync(service, "deploy", "resume", Path.GetFileName(Assert.Single(service.Runs)));
        Assert.True(exitCode == 0, Say(record, output));
        Assert.True(State(service) == end, Say(record, State(service)));
        Assert.Single(Directory.GetFiles(service.In(".pipelines/sandbox/registry/repositories/order-service/_tags")));
    }

    private static async Task<(string[] Records, string State)> UndisturbedAsync()
    {
        using var service = new Service();
        (int exitCode, string output) = await ServiceProcess.RunAsync(service, ["deploy", .. s_settings]);
        Assert.True(exitCode == 0, output);
        return (Records(service), State(service));
    }

    private static string[] Records(Service service) =>
        [.. File.ReadLines(Path.Combine(service.Runs[^1], "journal.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("record").GetString()!)];

    /// <summary>All that the manifest repository says, without what is another in each service.</summary>
    private static string State(Service service) => string.Join('\n', Files(service).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(file => file + ":\n" + Varying().Replace(Manifests(service, "show", "main:" + file).Replace(service.Head, "HEAD", StringComparison.Ordinal), "*")));

    private static string Files(Service service) => Manifests(service, "ls-tree", "-r", "--name-only", "main");

    private static string Manifests(Service service, params string[] arguments) => service.Git(["--git-dir", service.In(".pipelines/sandbox/manifests.git"), .. arguments]);

    private static string[] Commits(Service service) => Directory.Exists(service.In(".pipelines/sandbox/manifests.git"))
        ? [.. service.ManifestLog("--format=%s").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(subject => subject.Replace("ci: ", "", StringComparison.Ordinal).Split(' ')[0])]
        : [];

    private static string Resume(Service service) => $"dotnet run --project build -- resume {Path.GetFileName(Assert.Single(service.Runs))}";

    private static async Task ForEachAsync(IEnumerable<int> records, Func<int, Task> body)
    {
        long started = Stopwatch.GetTimestamp();
        int[] all = [.. records];
        Assert.NotEmpty(all);
        await Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (record, _) => await body(record));
        TestContext.Current.TestOutputHelper?.WriteLine($"{all.Length} stops in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
    }

    private static string Say(int record, string output) => $"at record {record}:\n{output}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("sha256:[0-9a-f]{64}|[0-9]{8}-[0-9]{6}-[0-9a-f]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z")]
    private static partial Regex Varying();
}
