using Pipelines.Core.GitOps;
using Pipelines.Core.Tests.Tools.Git;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.GitOps;

public sealed class ManifestRepositoryTests : IDisposable
{
    private const string File = "apps/order/values-staging.yaml";
    private const string Before = "# ours\r\nimage:\r\n  repository: r # keep\r\n  tag: 'old'\r\nreplicas: 2";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task SetTag_NewTag_PushesOneCommitThatChangesOneLine()
    {
        GitRepository bare = await ManifestsAsync();
        ManifestChange change = await SetAsync("new");
        Assert.Equal((true, "old", await bare.HeadAsync("main")), (change.Changed, change.PreviousTag, change.Revision));
        Assert.Equal(Before.Replace("'old'", "'new'", StringComparison.Ordinal), await bare.ShowAsync(File));
        Assert.Equal("1\t1\t" + File, await bare.RunAsync("log", "-1", "--format=", "--numstat", "main"));
        Assert.Equal("Deployer <deployer@example.com>|Deployer <deployer@example.com>", await bare.RunAsync("log", "-1", "--format=%an <%ae>|%cn <%ce>", "main"));
        Assert.Equal("ci: update order to new [skip ci]\n\nEnvironment: staging\nPipeline-Run: run-1\n", await bare.RunAsync("log", "-1", "--format=%B", "main"));
        Assert.False(Directory.EnumerateFileSystemEntries(Path.Combine(_directory.Path, ".pipelines/runs/20260102-030405-test/work")).Any());
    }

    [Fact]
    public async Task SetTag_SameTag_IsSuccessWithoutCommit() // kargo's git-commit is a no-op then
    {
        GitRepository bare = await ManifestsAsync();
        string head = await bare.HeadAsync("main");
        Assert.Equal(new ManifestChange(head, false, "old"), await SetAsync("old"));
        Assert.Equal(head, await bare.HeadAsync("main"));
    }

    [Fact]
    public async Task SetTag_AgainInTheSameRun_KnowsItsOwnCommit()
    {
        await ManifestsAsync();
        ManifestChange first = await SetAsync("new");
        Assert.Equal(first, await SetAsync("new")); // the answer to the first push was lost, say
        Assert.False((await SetAsync("new", run: "run-2")).Changed);
    }

    [Fact]
    public async Task SetTag_EightAtOnce_AllLandExactlyOnce() // image-updater#175, #879
    {
        string[] apps = [.. Enumerable.Range(1, 8).Select(number => $"app{number}")];
        GitRepository bare = await GitRepository.CreateManifestsAsync(_directory.Path, [.. apps.Select(app => ($"apps/{app}.yaml", "image:\n  tag: old\n"))]);
        ManifestChange[] changes = await Task.WhenAll(apps.Select(app => SetAsync("new", app: app, target: Target with { File = $"apps/{app}.yaml", PushAttempts = 30 })));
        Assert.All(changes, change => Assert.True(change.Changed));
        string[] log = (await bare.RunAsync("log", "--format=%H %s", "main")).Split('\n');
        Assert.Equal(9, log.Length);
        foreach ((string app, ManifestChange change) in apps.Zip(changes))
        {
            Assert.Single(log, line => line == $"{change.Revision} ci: update {app} to new [skip ci]");
            Assert.Equal("image:\n  tag: new\n", await bare.ShowAsync($"apps/{app}.yaml"));
        }
    }

    [Fact]
    public async Task SetTag_SomebodyPushesInBetween_RetriesOnTheirStateWithJitter()
    {
        GitRepository bare = await ManifestsAsync();
        GitRepository other = await bare.CloneAsync(Path.Combine(_directory.Path, "other"));
        other.Write(File, Before.Replace("replicas: 2", "replicas: 3", StringComparison.Ordinal));
        await other.CommitAsync("scale");
        await other.RunAsync("push", "-q", "origin", "main:refs/heads/theirs");
        // The server lets somebody else in first, once, while our push is on its way.
        bare.Hook("pre-receive", "test -e won || { touch won; unset GIT_QUARANTINE_PATH; git update-ref refs/heads/main refs/heads/theirs; }\n");
        var time = new ManualTime { AutoAdvance = true };
        var context = new RecordingContext(_directory.Path, time: time);
        ManifestChange change = await SetAsync("new", context: context);
        Assert.True(change.Changed);
        Assert.Equal(Before.Replace("'old'", "'new'", StringComparison.Ordinal).Replace("replicas: 2", "replicas: 3", StringComparison.Ordinal), await bare.ShowAsync(File));
        Assert.Contains("attempt 2 of 30", context.LogText, StringComparison.Ordinal);
        Assert.Contains(time.Waits, wait => wait > TimeSpan.Zero && wait <= TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task SetTag_AlwaysRejected_StopsAtTheLimit()
    {
        GitRepository bare = await ManifestsAsync();
        bare.Hook("update", "echo \"cannot lock ref 'refs/heads/main'\" >&2; echo x >> tries; exit 1\n");
        GitException error = await Assert.ThrowsAsync<GitException>(() => SetAsync("new", context: new RecordingContext(_directory.Path, time: new ManualTime { AutoAdvance = true }), target: Target with { PushAttempts = 3 }));
        Assert.Equal((GitFailure.Rejected, true), (error.Failure, error.IsTransient));
        Assert.Equal(3, System.IO.File.ReadAllLines(Path.Combine(bare.Path, "tries")).Length);
        Assert.Contains("PushAttempts", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetTag_HookDeclines_IsNotRetriedAndShowsWhatTheServerSaid()
    {
        GitRepository bare = await ManifestsAsync();
        bare.Hook("pre-receive", "echo 'main is frozen until Monday' >&2; echo x >> tries; exit 1\n");
        GitException error = await Assert.ThrowsAsync<GitException>(() => SetAsync("new"));
        Assert.Equal((GitFailure.Declined, false), (error.Failure, error.IsTransient));
        Assert.Contains("frozen until Monday", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("manifest.branch", error.Advice, StringComparison.Ordinal);
        Assert.Single(System.IO.File.ReadAllLines(Path.Combine(bare.Path, "tries")));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../values.yaml")]
    [InlineData("apps/../../values.yaml")]
    [InlineData("apps\\values.yaml")]
    [InlineData(".git/config")]
    [InlineData("")]
    [InlineData("C:/values.yaml")]
    public async Task SetTag_FileOutsideTheRepository_IsRefused(string file)
    {
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => SetAsync("new", target: Target with { File = file }));
        Assert.Contains("manifest.file", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetTag_SymbolicLink_IsRefused()
    {
        GitRepository bare = await ManifestsAsync();
        GitRepository other = await bare.CloneAsync(Path.Combine(_directory.Path, "other"));
        System.IO.File.CreateSymbolicLink(Path.Combine(other.Path, "link.yaml"), "/etc/passwd");
        await other.CommitAsync("link");
        await other.RunAsync("push", "-q", "origin", "main");
        ManifestFileException error = await Assert.ThrowsAsync<ManifestFileException>(() => SetAsync("new", target: Target with { File = "link.yaml" }));
        Assert.Contains("symbolic link", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetTag_MissingFile_OffersTheNearest()
    {
        await ManifestsAsync();
        ManifestFileException error = await Assert.ThrowsAsync<ManifestFileException>(() => SetAsync("new", target: Target with { File = "apps/order/value-staging.yaml" }));
        Assert.Contains($"Is '{File}' meant?", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetTag_InvalidYaml_PushesNothing()
    {
        GitRepository bare = await GitRepository.CreateManifestsAsync(_directory.Path, (File, "image: [\n"));
        string head = await bare.HeadAsync("main");
        await Assert.ThrowsAsync<ManifestFileException>(() => SetAsync("new"));
        Assert.Equal(head, await bare.HeadAsync("main"));
    }

    [Theory]
    [InlineData("nowhere.git", "main", GitFailure.RepositoryNotFound, "manifest.repository")]
    [InlineData("manifests.git", "release", GitFailure.BranchNotFound, "manifest.branch")]
    [InlineData("http://127.0.0.1:1/x.git", "main", GitFailure.Unreachable, "manifest.repository")]
    public async Task SetTag_NoWayIn_SaysWhichSetting(string repository, string branch, GitFailure failure, string setting)
    {
        await ManifestsAsync();
        GitException error = await Assert.ThrowsAsync<GitException>(() => SetAsync("new", target: Target with { Repository = repository, Branch = branch }));
        Assert.Equal(failure, error.Failure);
        Assert.Contains(setting, error.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://bot:hunter2@git.example.com/x.git", "manifest.token")]
    [InlineData("http://git.example.com/x.git", "https")]
    [InlineData("ext::sh -c touch% /tmp/x", "manifest.repository")]
    [InlineData("--upload-pack=x", "manifest.repository")]
    public async Task SetTag_UnsafeAddress_IsRefusedWithoutRepeatingSecrets(string repository, string advice)
    {
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => SetAsync(
            "new",
            context: new RecordingContext(_directory.Path, secrets: new Dictionary<string, string> { ["env://T"] = "t0ken" }),
            target: Target with { Repository = repository, Token = SecretReference.Parse("env://T") }));
        Assert.Contains(advice, error.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revert_NobodyElsePushed_GivesTheSameBytesBack()
    {
        GitRepository bare = await ManifestsAsync();
        ManifestChange change = await SetAsync("new");
        var reverted = Assert.IsType<ManifestRevert.Reverted>(await RevertAsync("new", change));
        Assert.Equal("old", reverted.Tag);
        Assert.Equal(Before, await bare.ShowAsync(File));
        Assert.Equal(reverted.Revision, await bare.HeadAsync("main"));
        Assert.StartsWith($"ci: revert order to old [skip ci]\n\nthe smoke test failed\nThis reverts commit {change.Revision}.\n", await bare.RunAsync("log", "-1", "--format=%B", "main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revert_OthersPushedSince_KeepsTheirWork()
    {
        GitRepository bare = await ManifestsAsync();
        ManifestChange change = await SetAsync("new");
        GitRepository other = await bare.CloneAsync(Path.Combine(_directory.Path, "other"));
        other.Write(File, Before.Replace("'old'", "'new'", StringComparison.Ordinal).Replace("# keep", "# changed", StringComparison.Ordinal)); // the line above ours
        other.Write("apps/other.yaml", "a: b\n");
        await other.CommitAsync("theirs");
        await other.RunAsync("push", "-q", "origin", "main");
        Assert.IsType<ManifestRevert.Reverted>(await RevertAsync("new", change));
        Assert.Equal(Before.Replace("# keep", "# changed", StringComparison.Ordinal), await bare.ShowAsync(File));
        Assert.Equal("a: b\n", await bare.ShowAsync("apps/other.yaml"));
    }

    [Fact]
    public async Task Revert_NewerDeployment_IsLeftAloneAndNamed()
    {
        GitRepository bare = await ManifestsAsync();
        ManifestChange change = await SetAsync("new");
        ManifestChange newer = await SetAsync("newer", run: "run-2");
        var left = Assert.IsType<ManifestRevert.NotOurs>(await RevertAsync("new", change));
        Assert.Equal("newer", left.Tag);
        Assert.Contains("Deployer: ci: update order to newer", left.By, StringComparison.Ordinal);
        Assert.Equal(newer.Revision, await bare.HeadAsync("main"));
    }

    [Fact]
    public async Task Revert_Twice_DoesNothingTheSecondTime()
    {
        await ManifestsAsync();
        ManifestChange change = await SetAsync("new");
        await RevertAsync("new", change);
        Assert.Equal("old", Assert.IsType<ManifestRevert.NotOurs>(await RevertAsync("new", change)).Tag);
    }

    [Fact]
    public async Task Revert_ValueWasEmpty_IsEmptyAgain()
    {
        GitRepository bare = await GitRepository.CreateManifestsAsync(_directory.Path, (File, "image:\n  tag:\n"));
        ManifestChange change = await SetAsync("new");
        Assert.Null(change.PreviousTag);
        Assert.Null(Assert.IsType<ManifestRevert.Reverted>(await RevertAsync("new", change)).Tag);
        Assert.Equal("image:\n  tag:\n", await bare.ShowAsync(File));
    }

    [Fact]
    public async Task LookAt_NewerCommitOfAnotherService_ContainsOursWithItsTag()
    {
        GitRepository bare = await ManifestsAsync();
        string old = await bare.HeadAsync("main");
        ManifestChange change = await SetAsync("new");
        GitRepository other = await bare.CloneAsync(Path.Combine(_directory.Path, "other"));
        other.Write("apps/other.yaml", "a: b\n");
        string theirs = await other.CommitAsync("theirs");
        await other.RunAsync("push", "-q", "origin", "main");
        ManifestChange newer = await SetAsync("newer", run: "run-2");
        using var repository = new ManifestRepository(Target, new RecordingContext(_directory.Path).Context);
        Assert.Equal((true, "new"), await repository.LookAtAsync(theirs, change.Revision, CancellationToken.None));
        Assert.Equal((true, "newer"), await repository.LookAtAsync(newer.Revision, change.Revision, CancellationToken.None));
        Assert.Equal((false, null), await repository.LookAtAsync(old, change.Revision, CancellationToken.None));
        Assert.Equal((false, null), await repository.LookAtAsync(new string('0', 40), change.Revision, CancellationToken.None));
    }

    [Fact] // a run that was killed right after its push, and others were faster to come back
    public async Task Find_OthersPushedSince_KnowsItsOwnCommitInTheHistory()
    {
        GitRepository bare = await ManifestsAsync();
        Assert.Null(await FindAsync("new", mayBeDone: true));
        ManifestChange ours = await SetAsync("new");
        Assert.Null(await FindAsync("new", mayBeDone: false)); // who cannot have done it does not search
        Assert.Equal(ours, await FindAsync("new", mayBeDone: true));
        await SetAsync("newer", run: "run-2"); // over ours
        GitRepository other = await bare.CloneAsync(Path.Combine(_directory.Path, "other"));
        for (int number = 0; number < 60; number++) // more than the newest part of the history
        {
            other.Write("apps/other.yaml", $"a: {number}\n");
            await other.CommitAsync($"theirs\n\nPipeline-Run: run-{number + 10}");
        }

        await other.RunAsync("push", "-q", "origin", "main");
        Assert.Equal(ours, await FindAsync("new", mayBeDone: true));
        Assert.Null(await FindAsync("new", mayBeDone: true, run: "run-3"));
        Assert.Null(await FindAsync("new", mayBeDone: true, run: "run")); // the beginning of a trailer is no trailer
    }

    [Fact]
    public async Task Find_DeploymentThatThisRunTookBack_IsToBeDoneAgain()
    {
        await ManifestsAsync();
        ManifestChange ours = await SetAsync("new");
        Assert.Null(await FindRevertAsync("new", ours, mayBeDone: true));
        var reverted = Assert.IsType<ManifestRevert.Reverted>(await RevertAsync("new", ours));
        Assert.Null(await FindAsync("new", mayBeDone: true));
        Assert.Null(await FindRevertAsync("new", ours, mayBeDone: false));
        Assert.Equal(reverted, await FindRevertAsync("new", ours, mayBeDone: true));
        await SetAsync("newer", run: "run-2");
        Assert.Equal(reverted, await FindRevertAsync("new", ours, mayBeDone: true));
        ManifestChange again = await SetAsync("new");
        Assert.Equal(again, await FindAsync("new", mayBeDone: true));
        Assert.Null(await FindRevertAsync("new", again, mayBeDone: true)); // that was another commit
    }

    private async Task<ManifestChange?> FindAsync(string tag, bool mayBeDone, string run = "run-1")
    {
        using var repository = new ManifestRepository(Target, new RecordingContext(_directory.Path).Context);
        return await repository.FindAsync(new ManifestCommit("order", tag, run), mayBeDone, CancellationToken.None);
    }

    private async Task<ManifestRevert?> FindRevertAsync(string tag, ManifestChange change, bool mayBeDone)
    {
        using var repository = new ManifestRepository(Target, new RecordingContext(_directory.Path).Context);
        return await repository.FindRevertAsync(new ManifestCommit("order", tag, "run-1"), change.Revision, mayBeDone, blocks: false, CancellationToken.None);
    }

    private ManifestTarget Target => new() { Repository = "manifests.git", File = File, AuthorName = "Deployer", AuthorEmail = "deployer@example.com" };

    private Task<GitRepository> ManifestsAsync() => GitRepository.CreateManifestsAsync(_directory.Path, (File, Before));

    private async Task<ManifestChange> SetAsync(string tag, string app = "order", string run = "run-1", RecordingContext? context = null, ManifestTarget? target = null)
    {
        using var repository = new ManifestRepository(target ?? Target, (context ?? new RecordingContext(_directory.Path)).Context);
        return await repository.SetTagAsync(new ManifestCommit(app, tag, run) { Trailers = [("Environment", "staging")] }, CancellationToken.None);
    }

    private async Task<ManifestRevert> RevertAsync(string tag, ManifestChange change)
    {
        using var repository = new ManifestRepository(Target, new RecordingContext(_directory.Path).Context);
        return await repository.RevertAsync(new ManifestCommit("order", tag, "run-1"), change.Revision, change.PreviousTag, "the smoke test failed", CancellationToken.None);
    }
}
