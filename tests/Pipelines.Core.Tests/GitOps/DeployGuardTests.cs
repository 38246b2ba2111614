using Pipelines.Core.GitOps;
using Pipelines.Core.Model;
using Pipelines.Core.Tests.Tools.Git;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.GitOps;

/// <summary>What a deployment must not do, whoever asks: bring back what was rolled back, or overwrite what is newer.</summary>
public sealed class DeployGuardTests : IDisposable
{
    private const string File = "apps/order/values-staging.yaml";
    private const string Before = "# ours\r\nimage:\r\n  tag: 'old' # t\r\n  digest: sha256:old # d\r\nreplicas: 2";
    private const string Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private static readonly DateTimeOffset s_day = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task SetTag_ChartHasBothKeys_SetsTagAndDigestInOneCommitAndNothingElse()
    {
        GitRepository bare = await ManifestsAsync();
        ManifestChange change = await SetAsync(Commit("new"), Target with { DigestKey = "image.digest" });
        Assert.Equal((true, "old", "sha256:old"), (change.Changed, change.PreviousTag, change.PreviousDigest));
        Assert.Equal(Before.Replace("'old'", "'new'", StringComparison.Ordinal).Replace("sha256:old", Digest, StringComparison.Ordinal), await bare.ShowAsync(File));
        Assert.Equal("2", await bare.RunAsync("rev-list", "--count", "main"));
    }

    [Fact]
    public async Task SetTag_SameTagOtherDigest_IsAChange() // a tag that was moved
    {
        GitRepository bare = await ManifestsAsync();
        Assert.True((await SetAsync(Commit("old"), Target with { DigestKey = "image.digest" })).Changed);
        Assert.Contains(Digest, await bare.ShowAsync(File), StringComparison.Ordinal);
        Assert.False((await SetAsync(Commit("old", run: "run-2"), Target with { DigestKey = "image.digest" })).Changed);
    }

    [Fact]
    public async Task SetTag_NoSuchDigestKey_NamesTheSettingAndPushesNothing()
    {
        GitRepository bare = await ManifestsAsync();
        string head = await bare.HeadAsync("main");
        ManifestFileException error = await Assert.ThrowsAsync<ManifestFileException>(() => SetAsync(Commit("new"), Target with { DigestKey = "image.digst" }));
        Assert.Contains("manifest.digest-key", error.Advice, StringComparison.Ordinal);
        Assert.Equal(head, await bare.HeadAsync("main"));
    }

    [Theory]
    [InlineData("image.tag", "the same key")]
    [InlineData("image..digest", "manifest.digest-key")]
    public async Task SetTag_UnusableDigestKey_IsRefused(string key, string part)
    {
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => SetAsync(Commit("new"), Target with { DigestKey = key }));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revert_ChartHasBothKeys_BringsBothBackAlsoWhenOthersPushed()
    {
        GitRepository bare = await ManifestsAsync();
        ManifestTarget target = Target with { DigestKey = "image.digest" };
        ManifestChange change = await SetAsync(Commit("new"), target);
        await PushByHandAsync(bare, File, (await bare.ShowAsync(File)).Replace("replicas: 2", "replicas: 3", StringComparison.Ordinal));
        Assert.IsType<ManifestRevert.Reverted>(await RevertAsync(change, Block(), target));
        Assert.Equal(Before.Replace("replicas: 2", "replicas: 3", StringComparison.Ordinal), await bare.ShowAsync(File));
    }

    [Fact]
    public async Task SetTag_RolledBackDigest_IsRefusedUntilItIsLetInAgain() // image-updater#1249, flux2#4676
    {
        GitRepository bare = await ManifestsAsync();
        ManifestChange change = await SetAsync(Commit("new"));
        await RevertAsync(change, Block());
        Assert.Equal(Before, await bare.ShowAsync(File));
        Assert.Equal($".pipelines/blocked/order/staging.blocked\n{File}\n", await bare.RunAsync("show", "--format=", "--name-only", "main")); // one commit says both
        string head = await bare.HeadAsync("main");

        DigestBlockedException error = await Assert.ThrowsAsync<DigestBlockedException>(() => SetAsync(Commit("retagged", run: "run-2")));
        Assert.Equal("order retagged was rolled back in 'staging' and is blocked there, so it was not deployed again.", error.What);
        Assert.Equal($"  {Digest}\n  since 2026-01-02T00:00:00Z, by run run-1 of jo\n  because 'smoke staging' failed", error.Evidence);
        Assert.Contains("dotnet run --project build -- unblock --env staging --reason", error.Advice, StringComparison.Ordinal);
        Assert.Equal(head, await bare.HeadAsync("main"));

        Assert.True((await SetAsync(Commit("new", run: "run-3") with { Environment = "prod" })).Changed); // it is about one environment
    }

    [Fact]
    public async Task SetTag_BlockedWhileWePush_IsSeenByTheNextAttempt()
    {
        GitRepository bare = await ManifestsAsync();
        ManifestChange change = await SetAsync(Commit("new"));
        await RevertAsync(change, Block());
        await bare.RunAsync("update-ref", "refs/heads/blocked", "main");
        await bare.RunAsync("update-ref", "refs/heads/main", "main~2");
        // The rollback of somebody else arrives between our look and our push.
        bare.Hook("pre-receive", "test -e won || { touch won; unset GIT_QUARANTINE_PATH; git update-ref refs/heads/main refs/heads/blocked; }\n");
        await Assert.ThrowsAsync<DigestBlockedException>(() => SetAsync(Commit("new", run: "run-2"), context: new RecordingContext(_directory.Path, time: new ManualTime { AutoAdvance = true })));
        Assert.Equal(await bare.HeadAsync("blocked"), await bare.HeadAsync("main"));
    }

    [Fact]
    public async Task SetTag_UnreadableBlockFile_DeploysNothing()
    {
        GitRepository bare = await ManifestsAsync();
        await PushByHandAsync(bare, ".pipelines/blocked/order/staging.blocked", "{}");
        ManifestFileException error = await Assert.ThrowsAsync<ManifestFileException>(() => SetAsync(Commit("new")));
        Assert.Contains("it is not known which digests are blocked", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetTag_NewerCommitRuns_IsRefusedByTheCheckoutsHistory()
    {
        GitRepository bare = await ManifestsAsync();
        (SourceRevision first, SourceRevision second, _) = await ServiceAsync();
        await SetAsync(Commit(second.Commit, second, run: "run-7") with { Trailers = Trailers(second) });
        string head = await bare.HeadAsync("main");

        OlderCommitException error = await Assert.ThrowsAsync<OlderCommitException>(() => SetAsync(Commit(first.Commit, first, run: "run-8"), context: InService()));
        Assert.Equal("'staging' runs a newer commit of order than this one, so it was not overwritten.", error.What);
        Assert.Contains($"running:   {second.Commit} of 'main', newer by the history of this checkout", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("deployed by jo at ", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("run run-7", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("--allow-older", error.Advice, StringComparison.Ordinal);
        Assert.Equal(head, await bare.HeadAsync("main"));

        Assert.True((await SetAsync(Commit(first.Commit, first, run: "run-9") with { AllowsOlder = true }, context: InService())).Changed);
        Assert.True((await SetAsync(Commit(second.Commit, second, run: "run-10"), context: InService())).Changed); // forward is always fine
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(1, false)]
    public async Task SetTag_OtherBranchRuns_IsDecidedByDate(int days, bool isOlder)
    {
        await ManifestsAsync();
        (_, SourceRevision second, SourceRevision side) = await ServiceAsync();
        side = side with { CommittedAt = second.CommittedAt.AddDays(days) };
        await SetAsync(Commit(second.Commit, second) with { Trailers = Trailers(second) });
        Task<ManifestChange> deploying = SetAsync(Commit(side.Commit, side, run: "run-2"), context: InService());
        if (isOlder)
            Assert.Contains("by the dates of the commits", (await Assert.ThrowsAsync<OlderCommitException>(() => deploying)).Evidence, StringComparison.Ordinal);
        else
            Assert.True((await deploying).Changed);
    }

    [Fact]
    public async Task SetTag_CheckoutDoesNotKnowTheRunningCommit_IsDecidedByDate()
    {
        await ManifestsAsync();
        (SourceRevision first, SourceRevision second, _) = await ServiceAsync();
        SourceRevision unknown = second with { Commit = new string('b', 40), CommittedAt = first.CommittedAt.AddHours(1) };
        await SetAsync(Commit("v2", unknown) with { Trailers = Trailers(unknown) }); // a tag that is no commit: the message says which it is
        OlderCommitException error = await Assert.ThrowsAsync<OlderCommitException>(() => SetAsync(Commit("v1", first, run: "run-2"), context: InService()));
        Assert.Contains("since this checkout does not know it", error.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetTag_ShallowCheckout_FetchesTheHistoryItNeeds()
    {
        await ManifestsAsync();
        (SourceRevision first, SourceRevision second, _) = await ServiceAsync();
        string shallow = Path.Combine(_directory.Path, "shallow");
        Directory.CreateDirectory(shallow);
        await new GitRepository(shallow).RunAsync("clone", "-q", "--depth=1", new Uri(Path.Combine(_directory.Path, "service")).AbsoluteUri, ".");
        await SetAsync(Commit(first.Commit, first) with { Trailers = Trailers(first with { CommittedAt = s_day.AddYears(1) }) }); // by date it would be refused
        var context = new RecordingContext(shallow);
        Assert.True((await SetAsync(Commit(second.Commit, second with { RemoteUrl = "origin" }, run: "run-2"), Target with { Repository = Path.Combine(_directory.Path, "manifests.git") }, context)).Changed);
    }

    [Fact]
    public async Task SetTag_SetByHand_IsOverwritten() // nobody said which commit that was
    {
        GitRepository bare = await ManifestsAsync();
        (SourceRevision first, _, _) = await ServiceAsync();
        await PushByHandAsync(bare, File, Before.Replace("'old'", "hotfix", StringComparison.Ordinal));
        Assert.True((await SetAsync(Commit(first.Commit, first), context: InService())).Changed);
    }

    [Fact]
    public async Task SetTag_ForcePushUnderUs_LandsOnTheNewHistory()
    {
        GitRepository bare = await ManifestsAsync();
        GitRepository other = await bare.CloneAsync(Path.Combine(_directory.Path, "other"));
        other.Write("apps/other.yaml", "a: b\n");
        await other.RunAsync("add", "-A");
        await other.RunAsync("commit", "-q", "--amend", "-m", "rewritten");
        await other.RunAsync("push", "-q", "origin", "main:refs/heads/rewritten");
        bare.Hook("pre-receive", "test -e won || { touch won; unset GIT_QUARANTINE_PATH; git update-ref refs/heads/main refs/heads/rewritten; }\n");
        ManifestChange change = await SetAsync(Commit("new"), context: new RecordingContext(_directory.Path, time: new ManualTime { AutoAdvance = true }));
        Assert.Equal(change.Revision, await bare.HeadAsync("main"));
        Assert.Equal("rewritten", await bare.RunAsync("log", "-1", "--format=%s", "main^"));
    }

    [Fact]
    public async Task Revert_OurCommitWasForcePushedAway_RestoresTheTagOrSaysWhatToDo()
    {
        GitRepository bare = await ManifestsAsync();
        ManifestChange change = await SetAsync(Commit("new"), Target with { DigestKey = "image.digest" });
        GitRepository other = await bare.CloneAsync(Path.Combine(_directory.Path, "other"));
        await other.RunAsync("checkout", "-q", "--orphan", "fresh");
        await other.CommitAsync("squashed");
        await other.RunAsync("push", "-q", "--force", "origin", "fresh:main");
        GitException error = await Assert.ThrowsAsync<GitException>(() => RevertAsync(change, Block(), Target with { DigestKey = "image.digest" }));
        Assert.Contains("before this run it was old", error.Advice, StringComparison.Ordinal);
        Assert.Equal("old", Assert.IsType<ManifestRevert.Reverted>(await RevertAsync(change, Block())).Tag);
    }

    [Fact]
    public async Task Revert_BranchIsProtected_SaysWhatTheServerSaid()
    {
        GitRepository bare = await ManifestsAsync();
        ManifestChange change = await SetAsync(Commit("new"));
        bare.Hook("pre-receive", "echo 'GH006: Protected branch update failed' >&2; exit 1\n");
        GitException error = await Assert.ThrowsAsync<GitException>(() => RevertAsync(change, Block()));
        Assert.Equal((GitFailure.Declined, false), (error.Failure, error.IsTransient));
        Assert.Contains("GH006", error.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadState_AfterDeployUndoAndHandwork_TellsWhoDidWhat()
    {
        GitRepository bare = await ManifestsAsync();
        (SourceRevision first, SourceRevision second, _) = await ServiceAsync();
        await SetAsync(Commit(first.Commit, first) with { Trailers = Trailers(first) });
        ManifestChange change = await SetAsync(Commit(second.Commit, second, run: "run-2") with { Trailers = Trailers(second) }, context: InService());
        await RevertAsync(change, Block(), tag: second.Commit);
        await PushByHandAsync(bare, "apps/other.yaml", "a: b\n"); // another service
        using var repository = new ManifestRepository(AbsoluteTarget, new RecordingContext(_directory.Path).Context);
        EnvironmentState state = await repository.ReadStateAsync("order", "staging", CancellationToken.None);
        Assert.Equal((first.Commit, ManifestRecordKind.Undo, first.Commit, "jo"), (state.Tag, state.LastChange!.Kind, state.Deployment!.SourceCommit, state.Deployment.By));
        Assert.Equal(Digest, Assert.Single(state.Blocked).Digest);

        IReadOnlyList<ManifestRecord> history = await repository.ReadHistoryAsync(10, CancellationToken.None);
        Assert.Equal([ManifestRecordKind.Undo, ManifestRecordKind.Deployment, ManifestRecordKind.Deployment, ManifestRecordKind.ByHand], history.Select(record => record.Kind));
        Assert.Equal([first.Commit, second.Commit, first.Commit, "old"], history.Select(record => record.Tag));
    }

    private ManifestTarget Target => new() { Repository = "manifests.git", File = File };

    private ManifestTarget AbsoluteTarget => Target with { Repository = Path.Combine(_directory.Path, "manifests.git") };

    private Task<GitRepository> ManifestsAsync() => GitRepository.CreateManifestsAsync(_directory.Path, (File, Before));

    private RecordingContext InService() => new(Path.Combine(_directory.Path, "service"));

    private static BlockedDigest Block() => new(Digest, "new", s_day, "run run-1 of jo", "'smoke staging' failed");

    private static ManifestCommit Commit(string tag, SourceRevision? source = null, string run = "run-1") => new("order", tag, run) { Digest = Digest, Environment = "staging", Source = source };

    private static (string, string)[] Trailers(SourceRevision source) =>
        [("Source-Commit", source.Commit), ("Source-Branch", source.Branch!), ("Source-Date", source.CommittedAt.ToString("O")), ("Started-By", "jo")];

    private async Task<ManifestChange> SetAsync(ManifestCommit commit, ManifestTarget? target = null, RecordingContext? context = null)
    {
        target ??= Target;
        using var repository = new ManifestRepository(target with { Repository = Path.Combine(_directory.Path, target.Repository) }, (context ?? new RecordingContext(_directory.Path)).Context);
        return await repository.SetTagAsync(commit, CancellationToken.None);
    }

    private async Task<ManifestRevert> RevertAsync(ManifestChange change, BlockedDigest block, ManifestTarget? target = null, string tag = "new")
    {
        using var repository = new ManifestRepository(target ?? Target, new RecordingContext(_directory.Path).Context);
        return await repository.RevertAsync(Commit(tag), change.Revision, change.PreviousTag, "the smoke test failed", CancellationToken.None, block);
    }

    private async Task PushByHandAsync(GitRepository bare, string file, string content)
    {
        GitRepository other = await bare.CloneAsync(Path.Combine(_directory.Path, "hand-" + Guid.NewGuid().ToString("N")));
        other.Write(file, content);
        await other.CommitAsync("by hand");
        await other.RunAsync("push", "-q", "origin", "main");
    }

    /// <summary>Two commits of main, and one beside the second.</summary>
    private async Task<(SourceRevision First, SourceRevision Second, SourceRevision Side)> ServiceAsync()
    {
        GitRepository service = await GitRepository.CreateAsync(Path.Combine(_directory.Path, "service"));
        service.Write("a", "1");
        SourceRevision first = Revision(await service.CommitAsync("one"), 0);
        await service.RunAsync("checkout", "-q", "-b", "side");
        service.Write("b", "1");
        SourceRevision side = Revision(await service.CommitAsync("beside"), 1) with { Branch = "side" };
        await service.RunAsync("checkout", "-q", "main");
        service.Write("a", "2");
        SourceRevision second = Revision(await service.CommitAsync("two"), 2);
        return (first, second, side);

        static SourceRevision Revision(string commit, int hours) => new(commit, "main", null, [], commit, s_day.AddHours(hours));
    }
}
