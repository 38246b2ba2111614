using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;
using Pipelines.Core.Tests.Tools.Git;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.GitOps.Locks;

/// <summary>What a holder notices of its lock, and when.</summary>
public sealed class EnvironmentLeaseTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new(); // whose timers fire only when a test moves it
    private RecordingContext _context = null!;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Renew_TakenByAnother_EndsTheRunningWorkAndSaysByWhom()
    {
        GitRepository bare = await ManifestsAsync();
        await using EnvironmentLease lease = await AcquireAsync();
        Task<int> work = LockedWork.RunAsync(Environment, _context.Context, async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return 0;
        }, CancellationToken.None);
        await TakeAsync(bare, "run-2");
        await lease.RenewAsync();
        EnvironmentLockException error = await Assert.ThrowsAsync<EnvironmentLockException>(() => work);
        Assert.Contains("taken over by run run-2 of jo on host", error.Evidence, StringComparison.Ordinal);
        Assert.Equal(FailureKind.Superseded, error.Kind);
    }

    [Fact]
    public async Task Work_FailsAfterTheLockWasTaken_IsSupersededAndNoVerdict()
    {
        GitRepository bare = await ManifestsAsync();
        await using EnvironmentLease lease = await AcquireAsync();
        EnvironmentLockException error = await Assert.ThrowsAsync<EnvironmentLockException>(() => LockedWork.RunAsync<int>(Environment, _context.Context, async _ =>
        {
            await TakeAsync(bare, "run-2");
            throw new InvalidUsageException("the service answers with the other run's version");
        }, CancellationToken.None));
        Assert.Contains("run-2", error.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // that nobody can be asked makes no verdict void
    public async Task Work_FailsWhileTheLockIsHeld_KeepsItsOwnError(bool isAway)
    {
        GitRepository bare = await ManifestsAsync();
        EnvironmentLease lease = await AcquireAsync();
        await Assert.ThrowsAsync<InvalidUsageException>(() => LockedWork.RunAsync<int>(Environment, _context.Context, _ =>
        {
            if (isAway)
                Directory.Move(bare.Path, bare.Path + ".away");
            throw new InvalidUsageException("the service is broken");
        }, CancellationToken.None));
        if (isAway)
            Directory.Move(bare.Path + ".away", bare.Path);
        lease.ThrowIfLost();
        await lease.DisposeAsync();
        Assert.Equal("", await bare.RunAsync("for-each-ref", "refs/pipelines"));
    }

    [Fact]
    public async Task Renew_RepositoryAwayForItsWholeLife_EndsTheWorkThen()
    {
        GitRepository bare = await ManifestsAsync();
        EnvironmentLease lease = await AcquireAsync();
        Task<int> work = LockedWork.RunAsync(Environment, _context.Context, async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return 0;
        }, CancellationToken.None);
        Directory.Move(bare.Path, bare.Path + ".away");
        _time.Advance(LockTimes.Life - LockTimes.Renewal);
        Assert.False(lease.Lost.IsCancellationRequested);
        _time.Advance(LockTimes.Renewal);
        EnvironmentLockException error = await Assert.ThrowsAsync<EnvironmentLockException>(() => work);
        Assert.Contains("could not be renewed in time", error.Evidence, StringComparison.Ordinal);
        Directory.Move(bare.Path + ".away", bare.Path);

        // Nobody has taken it: then what was not proven may still be taken back, under the lock.
        Assert.Null(await lease.ReclaimAsync(CancellationToken.None));
        lease.ThrowIfLost();
        await lease.DisposeAsync();
        Assert.Equal("", await bare.RunAsync("for-each-ref", "refs/pipelines"));
    }

    [Fact]
    public async Task Reclaim_TakenByAnother_NamesItEvenAfterItHasLeft()
    {
        GitRepository bare = await ManifestsAsync();
        await using EnvironmentLease lease = await AcquireAsync();
        await TakeAsync(bare, "run-2");
        await lease.RenewAsync();
        await bare.RunAsync("update-ref", "-d", EnvironmentLocks.Holder("order", "staging"));
        Assert.StartsWith("run run-2 of jo on host", await lease.ReclaimAsync(CancellationToken.None), StringComparison.Ordinal);
        Assert.Equal("", await bare.RunAsync("for-each-ref", "refs/pipelines")); // and nothing is taken
    }

    [Fact]
    public async Task Reclaim_TakenAwayByHand_TakesItForTheUndoAndGivesItBack()
    {
        GitRepository bare = await ManifestsAsync();
        EnvironmentLease lease = await AcquireAsync();
        await TakeAsync(bare, "run-1", released: "taken away by jo: the agent is gone");
        await lease.RenewAsync();
        Assert.Contains("taken away by jo", Assert.Throws<EnvironmentLockException>(lease.ThrowIfLost).Evidence, StringComparison.Ordinal);
        Assert.Null(await lease.ReclaimAsync(CancellationToken.None));
        Assert.Contains("\"run\":\"run-1\"", (await bare.RunAsync("show", "refs/pipelines/locks/order/staging/holder:document.json")).Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await lease.DisposeAsync();
        Assert.Equal("", await bare.RunAsync("for-each-ref", "refs/pipelines"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Confirm_ClockOfTheHolderJumpsByADay_LosesNothing(int days)
    {
        await ManifestsAsync();
        var clock = new JumpingTime(_time);
        await using EnvironmentLease lease = await AcquireAsync(clock);
        clock.Offset = TimeSpan.FromDays(days);
        lease.ThrowIfLost();
        await lease.ConfirmAsync(CancellationToken.None);
        await lease.RenewAsync();
        lease.ThrowIfLost();
    }

    [Fact]
    public async Task Confirm_MachineSleptAndAnotherTookOver_IsNoticedThoughTheTimerIsNot()
    {
        GitRepository bare = await ManifestsAsync();
        var clock = new JumpingTime(_time);
        await using EnvironmentLease lease = await AcquireAsync(clock);
        await TakeAsync(bare, "run-2");
        await lease.ConfirmAsync(CancellationToken.None); // seen this very second, as far as it can tell
        clock.Offset = TimeSpan.FromHours(1); // the wall clock moved on, the monotonic one did not
        await Assert.ThrowsAsync<EnvironmentLockException>(() => lease.ConfirmAsync(CancellationToken.None));
    }

    [Fact]
    public async Task SetTag_TakenByARollbackSincePrepared_IsNotPushed()
    {
        GitRepository bare = await ManifestsAsync();
        await using EnvironmentLease lease = await AcquireAsync();
        await TakeAsync(bare, "20260102-rollback", doing: "rollback");
        _time.Advance(TimeSpan.FromSeconds(2)); // long before the next renewal
        string head = await bare.HeadAsync("main");
        using var repository = new ManifestRepository(Environment.Manifest, _context.Context);
        EnvironmentLockException error = await Assert.ThrowsAsync<EnvironmentLockException>(() => repository.SetTagAsync(new ManifestCommit("order", "new", "run-1") { Environment = "staging" }, CancellationToken.None));
        Assert.Contains("taken over by the rollback 20260102-rollback of jo", error.Evidence, StringComparison.Ordinal);
        Assert.Equal(head, await bare.HeadAsync("main"));
    }

    [Fact]
    public async Task Retake_OwnEntryIsThere_TakesItAgain()
    {
        GitRepository bare = await ManifestsAsync();
        await TakeAsync(bare, "run-1");
        await using EnvironmentLease lease = await new EnvironmentQueue("order", "staging", LockPolicy.Supersede, await RefsAsync(), Context().Context).RetakeAsync(Entry("run-1"), CancellationToken.None);
        Assert.Same(lease, EnvironmentLease.Find("run-1", "order", "staging"));
    }

    [Theory]
    [InlineData("run-2", "taken over by run run-2 of jo")]
    [InlineData(null, "taken over by another run, which has given it back since")]
    public async Task Retake_AnotherRunWasThere_GoesNoFurtherThere(string? other, string evidence)
    {
        GitRepository bare = await ManifestsAsync();
        if (other is not null)
            await TakeAsync(bare, other);
        EnvironmentLockException error = await Assert.ThrowsAsync<EnvironmentLockException>(async () => await new EnvironmentQueue("order", "staging", LockPolicy.Supersede, await RefsAsync(), Context().Context).RetakeAsync(Entry("run-1"), CancellationToken.None));
        Assert.Contains(evidence, error.Evidence, StringComparison.Ordinal);
        await using EnvironmentLease lost = EnvironmentLease.Find("run-1", "order", "staging")!;
        Assert.Throws<EnvironmentLockException>(lost.ThrowIfLost);
        Assert.NotNull(await lost.ReclaimAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Acquire_LeftInTheQueueForDays_IsTakenOutAtOnce()
    {
        GitRepository bare = await ManifestsAsync();
        using (RefDocuments refs = await RefsAsync())
            await refs.WriteAsync(EnvironmentLocks.Waiting("order", "staging", _time.GetUtcNow().AddDays(-2), "dead"), (Entry("dead") with { Expires = _time.GetUtcNow().AddDays(-2) }).ToJson(), null, "test", CancellationToken.None);
        await using EnvironmentLease lease = await AcquireAsync(); // on a clock that stands still: nothing was waited for
        Assert.DoesNotContain("waiting", await bare.RunAsync("for-each-ref", "refs/pipelines"), StringComparison.Ordinal);
    }

    private DeploymentEnvironment Environment => new() { Name = "staging", App = "order", Manifest = new ManifestTarget { Repository = Path.Combine(_directory.Path, "manifests.git"), File = "x.yaml" } };

    private RecordingContext Context(TimeProvider? time = null) => _context = new RecordingContext(_directory.Path, time: time ?? _time, id: "run-1");

    private Task<GitRepository> ManifestsAsync() => GitRepository.CreateManifestsAsync(_directory.Path, ("x.yaml", "image:\n  tag: old\n"));

    private Task<RefDocuments> RefsAsync() => RefDocuments.OpenAsync(Environment.Manifest, Context().Context, CancellationToken.None);

    private LockEntry Entry(string run) => new(run, "host", "jo", new string('a', 40), "main", _time.GetUtcNow(), _time.GetUtcNow(), _time.GetUtcNow() + LockTimes.Life);

    private async Task<EnvironmentLease> AcquireAsync(TimeProvider? time = null)
    {
        RefDocuments refs = await RefDocuments.OpenAsync(Environment.Manifest, Context(time).Context, CancellationToken.None);
        return await new EnvironmentQueue("order", "staging", LockPolicy.Supersede, refs, _context.Context).AcquireAsync(Entry("run-1"), CancellationToken.None);
    }

    private async Task TakeAsync(GitRepository bare, string run, string? released = null, string? doing = null)
    {
        using RefDocuments refs = await RefDocuments.OpenAsync(Environment.Manifest, new RecordingContext(_directory.Path).Context, CancellationToken.None);
        await bare.RunAsync("update-ref", "-d", EnvironmentLocks.Holder("order", "staging"));
        Assert.NotNull(await refs.WriteAsync(EnvironmentLocks.Holder("order", "staging"), (Entry(run) with { Released = released, Doing = doing }).ToJson(), null, "test", CancellationToken.None));
    }

    /// <summary>A wall clock that is set; the time that counts seconds does not notice.</summary>
    private sealed class JumpingTime(ManualTime time) : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Offset;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
    }
}
