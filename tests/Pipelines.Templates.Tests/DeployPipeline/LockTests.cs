using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Pipelines.Core;
using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;
using Pipelines.Testing;

namespace Pipelines.Templates.Tests.Deploy;

/// <summary>The lock of an environment, as a team and a person on call meet it.</summary>
public sealed class LockTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Service _service = new();
    private readonly TemporaryDirectory _folder = new();

    public void Dispose()
    {
        _service.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Commands_HeldAndWaitedFor_TellWhoAndTakeItAway()
    {
        (await _service.DeployAsync()).Ended(0);
        ServiceRun free = await _service.RunAsync("lock", "list");
        free.Ended(0);
        Assert.Equal("Nobody holds an environment, and nobody waits for one.", free.Output.Trim());
        await PutAsync("other", waits: false);
        await PutAsync("third", waits: true);

        ServiceRun status = await _service.RunAsync("status");
        status.Ended(0);
        Assert.Matches("  locked   by run other of jo on host, commit aaaaaaaaaa of 'main', since .*, until .* if it is not renewed", status.Output);
        Assert.Contains("  waits    run third of jo on host", status.Output, StringComparison.Ordinal);
        using (var json = JsonDocument.Parse((await _service.RunAsync("status", "--json")).Output))
        {
            JsonElement staging = json.RootElement[0];
            Assert.Equal(("other", "jo", "host"), (staging.GetProperty("lock").GetProperty("run").GetString(), staging.GetProperty("lock").GetProperty("actor").GetString(), staging.GetProperty("lock").GetProperty("host").GetString()));
            Assert.Equal("third", staging.GetProperty("waiting")[0].GetProperty("run").GetString());
        }

        ServiceRun list = await _service.RunAsync("lock", "list");
        list.Ended(0);
        Assert.Contains("staging: held: run other of jo on host", list.Output, StringComparison.Ordinal);
        Assert.Contains("staging: waiting: run third of jo", list.Output, StringComparison.Ordinal);
        (await _service.RunAsync("lock", "release", "--env", "staging")).Refused(2, "needs a reason");
        ServiceRun released = await _service.RunAsync("lock", "release", "--env", "staging", "--reason", "the agent is gone");
        released.Ended(0);
        Assert.Contains("'staging' is free. It was held by run other of jo", released.Output, StringComparison.Ordinal);
        (await _service.RunAsync("lock", "release", "--env", "staging", "--reason", "again")).Refused(2, "Nobody holds 'staging'.");
        using (var json = JsonDocument.Parse((await _service.RunAsync("lock", "list", "--json")).Output))
        {
            Assert.Equal(["free", "waiting"], json.RootElement.EnumerateArray().Select(entry => entry.GetProperty("state").GetString()));
            Assert.EndsWith(": the agent is gone", json.RootElement[0].GetProperty("released").GetString(), StringComparison.Ordinal);
        }

        using var after = JsonDocument.Parse((await _service.RunAsync("status", "--json")).Output);
        Assert.Equal(JsonValueKind.Null, after.RootElement[0].GetProperty("lock").ValueKind);
    }

    [Fact]
    public async Task Rollback_ARunHoldsTheEnvironment_TakesItOverSaysSoAndGivesItBack()
    {
        string first = _service.Head;
        (await _service.DeployAsync()).Ended(0);
        _service.Commit("Second");
        (await _service.DeployAsync()).Ended(0);
        await PutAsync("other", waits: false);
        ServiceRun run = await _service.RunAsync("rollback", "--env", "staging", "--yes", "--reason", "orders are lost");
        run.Ended(0);
        Assert.Contains("'staging' is locked by run other of jo on host", run.Output, StringComparison.Ordinal);
        Assert.Contains("The rollback takes the lock over: that run deploys nothing more there, ends as superseded, and leaves what you set.", run.Output, StringComparison.Ordinal);
        Assert.Contains(first, _service.Manifest(), StringComparison.Ordinal);
        Assert.Equal("", _service.ManifestRefs("refs/pipelines/locks"));
    }

    [Fact]
    public async Task Run_OneStageOrNoLock_LeavesNoLockBehind()
    {
        (await _service.DeployAsync("--stage", "deploy staging")).Ended(0);
        Assert.Equal("", _service.ManifestRefs("refs/pipelines/locks"));
        ServiceRun plan = await _service.RunAsync("plan", "--set", "deploy.lock=off");
        plan.Ended(0);
        Assert.DoesNotContain("lock staging", plan.Output, StringComparison.Ordinal);
        (await _service.DeployAsync("--set", "deploy.lock=sometimes")).Refused(2, "'sometimes' is none of supersede, queue, off.");
    }

    [Theory]
    [InlineData("effect-began", false)]
    [InlineData("stage", true)]
    public async Task Resume_AnotherRunHasTakenOver_DoesNotDeployOverItNorTakeItsVersionAway(string record, bool isDeployed)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        (int exitCode, string output) = await ServiceProcess.RunAsync(_service, ["deploy-killed", await RecordAsync(record, "deploy staging"), "--set", "image.builder=assembler"]);
        Assert.True(exitCode == 137, output);
        string killed = Path.GetFileName(_service.Runs[^1]);
        Assert.StartsWith("refs/pipelines/locks/order-service/staging/holder", _service.ManifestRefs("refs/pipelines/locks"), StringComparison.Ordinal);
        string before = _service.Manifest();
        await PutAsync("other", waits: false);
        (exitCode, output) = await ServiceProcess.RunAsync(_service, "deploy", "resume", killed);
        Assert.True(exitCode == 1, output);
        Assert.Contains("'staging' was taken over while this run was not at work, so this run does not go on there.", output, StringComparison.Ordinal);
        Assert.Contains("taken over by run other of jo", output, StringComparison.Ordinal);
        Assert.Equal(isDeployed, output.Contains("order-service in staging was not touched: it was taken over by run other of jo", StringComparison.Ordinal));
        Assert.Equal(isDeployed, before.Contains(_service.Head, StringComparison.Ordinal));
        Assert.Equal(before, _service.Manifest());
        Assert.DoesNotContain("revert", _service.ManifestLog("--format=%s"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_NothingOfTheEnvironmentIsLeftToDo_OnlyGivesTheLockBack()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        (int exitCode, string output) = await ServiceProcess.RunAsync(_service, ["deploy-killed", await RecordAsync("stage", "record staging"), "--set", "image.builder=assembler"]);
        Assert.True(exitCode == 137, output);
        (exitCode, output) = await ServiceProcess.RunAsync(_service, "deploy", "resume", Path.GetFileName(_service.Runs[^1]));
        Assert.True(exitCode == 0, output);
        Assert.Matches("lock staging +│ ↺ restored", output);
        Assert.Matches("release staging +│ ✓ succeeded", output);
        Assert.Equal("", _service.ManifestRefs("refs/pipelines/locks"));
    }

    [Fact]
    public async Task Acquire_HolderWasKilled_IsTakenOverWhenItsTimeIsOver()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        (int exitCode, string output) = await ServiceProcess.RunAsync(_service, ["deploy-killed", await RecordAsync("stage", "lock staging"), "--set", "image.builder=assembler"]);
        Assert.True(exitCode == 137, output);
        var context = new RecordingContext(_folder.Path, time: new ManualTime { AutoAdvance = true });
        var entry = new LockEntry("next", "host", "jo", new string('a', 40), "main", default, default, default);
        await using EnvironmentLease lease = await new EnvironmentQueue(Service.App, "staging", LockPolicy.Supersede, await RefsAsync(context), context.Context).AcquireAsync(entry, CancellationToken.None);
        Assert.Contains($"The lock of 'staging' was stale and is taken over. It was held by run {Path.GetFileName(_service.Runs[^1])} of ", context.LogText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 2, 0)]
    [InlineData(2, 1, 1)]
    public async Task Deploy_TwoProcessesAtOnce_LandInTheirOrderAndNeverTheOlderOverTheNewer(int first, int second, int secondExitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        using var other = new Service();
        string bare = Path.Combine(_folder.Path, "manifests.git");
        _service.Git("init", "--quiet", "--bare", "--initial-branch=main", bare);
        _service.Write("values.yaml", "image:\n  tag: old\n");
        _service.Commit("Values");
        _service.Git("push", "--quiet", bare, "HEAD:main");

        using Process one = ServiceProcess.Start(_service, "locked", bare, Text(first), "--live");
        await WaitForAsync("is deployed, and waits", one.StandardOutput);
        using Process two = ServiceProcess.Start(other, "locked", bare, Text(second), "--live");
        await WaitForAsync("'staging' is held by run", two.StandardOutput);
        _service.Write("go", "");
        other.Write("go", "");
        (int exitCode, string output) = await ServiceProcess.EndAsync(one);
        Assert.True(exitCode == 0, output);
        (exitCode, output) = await ServiceProcess.EndAsync(two);
        Assert.True(exitCode == secondExitCode, output);
        if (secondExitCode == 1)
            Assert.Contains("'staging' runs a newer commit of order-service than this one, so it was not overwritten.", output, StringComparison.Ordinal);
        string[] deployed = [.. _service.Git("--git-dir", bare, "log", "--reverse", "--format=%s", "main").Split('\n').Where(subject => subject.StartsWith("ci: update", StringComparison.Ordinal)).Select(subject => subject.Split(' ')[4])];
        Assert.Equal(secondExitCode == 0 ? [new string(Text(first)[0], 40), new string(Text(second)[0], 40)] : [new string(Text(first)[0], 40)], deployed);
        Assert.Equal("", _service.Git("--git-dir", bare, "for-each-ref", "refs/pipelines"));
    }

    /// <summary>The number of a record in the journal of a run that nobody disturbs.</summary>
    private static async Task<string> RecordAsync(string record, string stage)
    {
        using var service = new Service();
        (int exitCode, string output) = await ServiceProcess.RunAsync(service, "deploy", "--set", "image.builder=assembler");
        Assert.True(exitCode == 0, output);
        int place = File.ReadLines(Path.Combine(service.Runs[^1], "journal.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList()
            .FindIndex(one => one.GetProperty("record").GetString() == record && one.TryGetProperty("stage", out JsonElement name) && name.GetString() == stage);
        Assert.True(place > 0);
        return Text(place + 1);
    }

    private async Task PutAsync(string run, bool waits)
    {
        var context = new RecordingContext(_folder.Path);
        using RefDocuments refs = await RefsAsync(context);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        string name = waits ? EnvironmentLocks.Waiting(Service.App, "staging", now, run) : EnvironmentLocks.Holder(Service.App, "staging");
        RefDocument? before = await refs.FindAsync(name, CancellationToken.None);
        Assert.NotNull(await refs.WriteAsync(name, new LockEntry(run, "host", "jo", new string('a', 40), "main", now, now, now + LockTimes.Life).ToJson(), before, "test", CancellationToken.None));
    }

    private Task<RefDocuments> RefsAsync(RecordingContext context) =>
        RefDocuments.OpenAsync(new ManifestTarget { Repository = _service.In(".pipelines/sandbox/manifests.git"), File = "none" }, context.Context, CancellationToken.None);

    private static async Task WaitForAsync(string text, StreamReader output)
    {
        using var limit = new CancellationTokenSource(Patience);
        var seen = new List<string>();
        while (await output.ReadLineAsync(limit.Token) is { } line)
        {
            seen.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
                return;
        }

        Assert.Fail($"it ended without '{text}':\n{string.Join('\n', seen)}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
