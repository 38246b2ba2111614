using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Migrate;

/// <summary>Migrations by a Kubernetes Job. A script stands in for kubectl: it notes how it was called, and answers from files.</summary>
public sealed class MigrationJobTests : IDisposable
{
    private const string Job = "apiVersion: batch/v1\nkind: Job\nmetadata: { name: migrate-orders, namespace: shop }\nspec: { template: { spec: { containers: [{ name: m, image: \"{image}\", args: [\"{app}\", \"{environment}\", \"{tag}\"] }] } } }\n";
    private const string Complete = """{"status":{"conditions":[{"type":"SuccessCriteriaMet","status":"True"},{"type":"Complete","status":"True"}]}}""";

    private readonly TemporaryDirectory _directory = new();

    public MigrationJobTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in for kubectl is a shell script");
        File.SetUnixFileMode(_directory.Write("kubectl", $$"""
            #!/bin/sh
            cd "{{_directory.Path}}"
            echo "$@" >>calls
            case "$1" in
              create) cat >created; [ -f refuse ] && { cat refuse >&2; exit 1; }; touch exists ;;
              get) [ -f down ] && { echo "connection refused" >&2; exit 1; }
                   if [ -f exists ]; then n=$(cat count 2>/dev/null || echo 0); n=$((n+1)); echo $n >count; cat state.$n 2>/dev/null || cat state; elif [ -f before ]; then cat before; fi ;;
              logs) echo "ALTER TABLE" ;;
              delete) rm -f exists before ;;
            esac
            exit 0
            """), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _directory.Write("job.yaml", Job);
        _directory.Write("state", Complete);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task RunAsync_JobCompletes_IsWaitedForAndDeleted()
    {
        _directory.Write("state.1", "{}");
        _directory.Write("state.2", """{"status":{"active":1,"conditions":[{"type":"Complete","status":"False"}]}}""");
        RecordingContext context = Context();
        await Stage().RunAsync(MigrateDatabaseTests.Image(), context.Context, default);

        Assert.Equal(
            ["get job migrate-orders --ignore-not-found -o json --namespace shop", "create -f - --namespace shop", .. Enumerable.Repeat("get job migrate-orders -o json --namespace shop", 3), "logs job/migrate-orders --all-containers --tail=-1 --namespace shop", "delete job migrate-orders --ignore-not-found --wait=true --cascade=foreground --namespace shop"],
            Calls());
        Assert.Contains($"registry.example.com/order-service@sha256:{new string('2', 64)}", _directory.Read("created"), StringComparison.Ordinal);
        Assert.Contains("[\"order-service\", \"prod\", \"v7\"]", _directory.Read("created"), StringComparison.Ordinal);
        Assert.Contains("ALTER TABLE", context.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_JobFails_SaysWhyWithItsLogs()
    {
        _directory.Write("state", """{"status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded","message":"Job has reached the specified backoff limit."}]}}""");
        RecordingContext context = Context();
        MigrationFailedException error = await FailAsync(Stage(), context);
        Assert.Equal("The migration of 'orders' in prod failed: BackoffLimitExceeded: Job has reached the specified backoff limit.", error.What);
        Assert.Contains("ALTER TABLE", context.LogText, StringComparison.Ordinal);
        Assert.StartsWith("delete job", Calls()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_JobNeverEnds_IsDeletedAfterTheTimeout()
    {
        _directory.Write("state", "{}");
        Assert.Contains("was not done after 10 s", (await FailAsync(Stage() with { Timeout = TimeSpan.FromSeconds(10) }, Context())).What, StringComparison.Ordinal);
        Assert.StartsWith("delete job", Calls()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Cancelled_DeletesTheJob()
    {
        using var cancel = new CancellationTokenSource();
        _directory.Write("state", "{}");
        RecordingContext context = Context(cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Stage().RunAsync(MigrateDatabaseTests.Image(), context.Context, cancel.Token));
        Assert.StartsWith("delete job", Calls()[^1], StringComparison.Ordinal);
        Assert.Contains("is stopped before its end", context.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_AnotherRunMigrates_IsLeftAlone()
    {
        _directory.Write("before", "{\"status\":{\"active\":1}}");
        Assert.StartsWith("Another migration of 'orders' is running", (await FailAsync(Stage(), Context())).What, StringComparison.Ordinal);
        Assert.Single(Calls());
    }

    [Fact]
    public async Task RunAsync_EndedJobOfBefore_IsClearedAway()
    {
        _directory.Write("before", Complete);
        await Stage().RunAsync(MigrateDatabaseTests.Image(), Context().Context, default);
        Assert.StartsWith("delete job", Calls()[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ClusterFaults_AreErrorsOfTheirOwn()
    {
        _directory.Write("refuse", "Error from server (Forbidden): jobs.batch is forbidden");
        MigrationFailedException refused = await FailAsync(Stage(), Context());
        Assert.Contains("was not created", refused.What, StringComparison.Ordinal);
        Assert.Contains("Forbidden", refused.Evidence, StringComparison.Ordinal);
        _directory.Write("down", "");
        Assert.Contains("could not be asked", (await FailAsync(Stage(), Context())).What, StringComparison.Ordinal);
        File.Delete(Path.Combine(_directory.Path, "down"));
        _directory.Write("before", "<html>");
        Assert.Contains("what is no Job", (await FailAsync(Stage(), Context())).What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\n", "it holds Deployment x")]
    [InlineData("apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: x- }\n", "generateName won't do")]
    [InlineData(Job + "---\n" + Job, "it holds Job migrate-orders, Job migrate-orders")]
    [InlineData("", "it holds nothing")]
    public async Task RunAsync_NoSingleNamedJob_IsRefused(string manifest, string message)
    {
        _directory.Write("job.yaml", manifest);
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => Stage().RunAsync(MigrateDatabaseTests.Image(), Context().Context, default));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_directory.Path, "calls")));
    }

    private MigrateDatabase Stage() => new MigrateDatabase(MigrateDatabaseTests.Environment(), "orders", new MigrationWork.Job("job.yaml"), new MigrationRollback.Compatible()) with { KubectlProgram = Path.Combine(_directory.Path, "kubectl") };

    private RecordingContext Context(CancellationTokenSource? cancel = null) => new(_directory.Path, time: new JobTime(cancel));

    private string[] Calls() => _directory.Read("calls").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<MigrationFailedException> FailAsync(MigrateDatabase stage, RecordingContext context) =>
        await Assert.ThrowsAsync<MigrationFailedException>(() => stage.RunAsync(MigrateDatabaseTests.Image(), context.Context, default));

    /// <summary>The wait between two looks is over at once, or cancels; what limits a process takes real time.</summary>
    private sealed class JobTime(CancellationTokenSource? cancel) : TimeProvider
    {
        private readonly ManualTime _clock = new();

        public override long TimestampFrequency => _clock.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

        public override long GetTimestamp() => _clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != TimeSpan.FromSeconds(2))
                return System.CreateTimer(callback, state, dueTime, period);
            ITimer timer = _clock.CreateTimer(callback, state, dueTime, period);
            ThreadPool.QueueUserWorkItem(_ =>
            {
                if (cancel is null)
                    _clock.Advance(dueTime);
                else
                    cancel.Cancel();
            });
            return timer;
        }
    }
}
