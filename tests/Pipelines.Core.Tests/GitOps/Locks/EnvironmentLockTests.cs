using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;
using Pipelines.Core.Tests.Tools.Git;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.GitOps.Locks;

public sealed class EnvironmentLockTests : IDisposable
{
    private static readonly DateTimeOffset s_day = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Acquire_Free_HoldsTheRefUntilItIsGivenBack()
    {
        GitRepository bare = await ManifestsAsync();
        EnvironmentLease lease = await AcquireAsync("run-1", Context());
        Assert.Same(lease, EnvironmentLease.Find("run-1", "order", "staging"));
        LockEntry entry = LockEntry.Parse(await bare.RunAsync("show", "refs/pipelines/locks/order/staging/holder:document.json"))!;
        Assert.Equal(("run-1", "jo", "host", "main"), (entry.Run, entry.Actor, entry.Host, entry.Branch));
        lease.ThrowIfLost();
        await lease.DisposeAsync();
        Assert.Equal("", await bare.RunAsync("for-each-ref", "refs/pipelines"));
        Assert.Null(EnvironmentLease.Find("run-1", "order", "staging"));
    }

    [Fact]
    public async Task Acquire_Held_WaitsInTheOrderOfArrivalAndSaysForWhom()
    {
        await ManifestsAsync();
        EnvironmentLease first = await AcquireAsync("run-1", Context());
        var order = new List<string>();
        RecordingContext second = Context();
        Task waiting2 = Take("run-2", second);
        await UntilAsync(() => second.LogText.Contains("is held by run run-1 of jo on host", StringComparison.Ordinal));
        RecordingContext third = Context();
        Task waiting3 = Take("run-3", third);
        await UntilAsync(() => third.LogText.Contains("1 run waits before this one", StringComparison.Ordinal));
        await first.DisposeAsync();
        await Task.WhenAll(waiting2, waiting3);
        Assert.Equal(["run-2", "run-3"], order);

        async Task Take(string run, RecordingContext context)
        {
            await using EnvironmentLease lease = await AcquireAsync(run, context, LockPolicy.Queue);
            order.Add(run);
        }
    }

    [Fact]
    public async Task Acquire_NewerCommitOfTheBranchWaits_EndsSuperseded()
    {
        GitRepository bare = await ManifestsAsync();
        await using EnvironmentLease first = await AcquireAsync("run-1", Context());
        RecordingContext older = Context();
        Task<EnvironmentLease> waiting = AcquireAsync("run-2", older, commit: 'b', age: 1);
        await UntilAsync(() => older.LogText.Contains("is held by", StringComparison.Ordinal));
        using var end = new CancellationTokenSource();
        Task<EnvironmentLease> newer = AcquireAsync("run-3", Context(), commit: 'c', age: 2, cancellationToken: end.Token);
        EnvironmentLockException error = await Assert.ThrowsAsync<EnvironmentLockException>(() => waiting);
        Assert.Contains("superseded while it waited for 'staging'", error.What, StringComparison.Ordinal);
        Assert.Contains("superseded by run run-3 of jo", error.Evidence, StringComparison.Ordinal);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => newer);
        Assert.DoesNotContain("waiting", await bare.RunAsync("for-each-ref", "refs/pipelines"), StringComparison.Ordinal); // whoever leaves gives up the place
    }

    [Fact]
    public async Task Acquire_HolderDied_IsTakenOverAndBothSaySo()
    {
        GitRepository bare = await ManifestsAsync();
        await PutAsync("run-1", s_day);
        RecordingContext context = Context();
        await using EnvironmentLease lease = await AcquireAsync("run-2", context);
        Assert.Contains("was stale and is taken over. It was held by run run-1 of jo", context.LogText, StringComparison.Ordinal);
        Assert.StartsWith("run run-1 of jo", LockEntry.Parse(await bare.RunAsync("show", "refs/pipelines/locks/order/staging/holder:document.json"))!.TookOverFrom, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-10, 59, false)] // expired long ago by our clock, but it may still be renewed: its clock may be wrong
    [InlineData(-10, 61, true)]
    [InlineData(-1, 120, false)]
    [InlineData(600, 239, false)]
    [InlineData(600, 241, true)] // its clock was hours ahead, and nobody has renewed it
    public void IsStale_ClocksThatDiffer_TakeNothingFromALivingHolder(int expiresInMinutes, int unchangedSeconds, bool isStale)
    {
        LockEntry entry = Entry("run-1", 'a', 0) with { Expires = s_day.AddMinutes(expiresInMinutes) };
        Assert.Equal(isStale, LockTimes.IsStale(entry, s_day, TimeSpan.FromSeconds(unchangedSeconds)));
    }

    [Fact]
    public async Task Renew_TakenOverByAnother_StopsTheHolderBeforeItsNextEffect()
    {
        GitRepository bare = await ManifestsAsync();
        RecordingContext context = new(_directory.Path, time: new ManualTime()); // whose timer does not fire by itself
        await using EnvironmentLease lease = await AcquireAsync("run-1", context);
        await bare.RunAsync("update-ref", "-d", "refs/pipelines/locks/order/staging/holder");
        await PutAsync("run-2", s_day.AddYears(1));
        await lease.RenewAsync();
        Assert.Contains("Nothing more is deployed there by this run.", context.LogText, StringComparison.Ordinal);
        string head = await bare.HeadAsync("main");
        using var repository = new ManifestRepository(Target, context.Context);
        EnvironmentLockException error = await Assert.ThrowsAsync<EnvironmentLockException>(() => repository.SetTagAsync(new ManifestCommit("order", "new", "run-1") { Environment = "staging" }, CancellationToken.None));
        Assert.Contains("taken over by run run-2", error.Evidence, StringComparison.Ordinal);
        Assert.Equal(head, await bare.HeadAsync("main"));
    }

    [Fact]
    public async Task Renew_ServerIsAway_HoldsUntilTheLifeIsOver()
    {
        GitRepository bare = await ManifestsAsync();
        var time = new ManualTime();
        RecordingContext context = new(_directory.Path, time: time);
        EnvironmentLease lease = await AcquireAsync("run-1", context);
        Directory.Move(bare.Path, bare.Path + ".away");
        await lease.RenewAsync();
        Assert.Contains("could not be renewed; it is tried again", context.LogText, StringComparison.Ordinal);
        lease.ThrowIfLost();
        time.Advance(LockTimes.Life);
        Assert.Throws<EnvironmentLockException>(lease.ThrowIfLost);
        Directory.Move(bare.Path + ".away", bare.Path);
        await lease.DisposeAsync();
    }

    private ManifestTarget Target => new() { Repository = "manifests.git", File = "x.yaml" };

    private RecordingContext Context() => new(_directory.Path, time: new ManualTime { AutoAdvance = true });

    private Task<GitRepository> ManifestsAsync() => GitRepository.CreateManifestsAsync(_directory.Path, ("x.yaml", "image:\n  tag: old\n"));

    private static LockEntry Entry(string run, char commit, int age) => new(run, "host", "jo", new string(commit, 40), "main", s_day.AddHours(age), s_day, s_day);

    private async Task<EnvironmentLease> AcquireAsync(string run, RecordingContext context, LockPolicy policy = LockPolicy.Supersede, char commit = 'a', int age = 0, CancellationToken cancellationToken = default)
    {
        RefDocuments refs = await RefDocuments.OpenAsync(Target, context.Context, CancellationToken.None);
        return await new EnvironmentQueue("order", "staging", policy, refs, context.Context).AcquireAsync(Entry(run, commit, age), cancellationToken);
    }

    private async Task PutAsync(string run, DateTimeOffset expires)
    {
        using RefDocuments refs = await RefDocuments.OpenAsync(Target, Context().Context, CancellationToken.None);
        Assert.NotNull(await refs.WriteAsync(EnvironmentLocks.Holder("order", "staging"), (Entry(run, 'a', 0) with { Expires = expires }).ToJson(), null, "test", CancellationToken.None));
    }

    private static async Task UntilAsync(Func<bool> happened)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!happened())
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
    }
}
