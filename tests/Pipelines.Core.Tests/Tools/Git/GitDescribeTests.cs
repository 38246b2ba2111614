using Pipelines.Core.Tools.Git;
using Pipelines.Testing;
using GitTool = Pipelines.Core.Tools.Git.Git;

namespace Pipelines.Core.Tests.Tools.Git;

public sealed class GitDescribeTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Describe_CleanCheckout_NamesCommitBranchRemoteAndTag()
    {
        GitRepository repository = await RepositoryAsync();
        await repository.RunAsync("remote", "add", "origin", "https://user:hunter2@git.example.com/team/app.git");
        SourceRevision source = await DescribeAsync(repository.Path);
        Assert.Equal(await repository.HeadAsync(), source.Commit);
        Assert.Equal(("main", "https://git.example.com/team/app.git", source.Commit, true), (source.Branch, source.RemoteUrl, source.Tag, source.IsClean));
        Assert.Equal(await repository.RunAsync("log", "-1", "--format=%ct"), source.CommittedAt.ToUnixTimeSeconds().ToString());
    }

    [Fact]
    public async Task Describe_DetachedHead_HasNoBranch()
    {
        GitRepository repository = await RepositoryAsync();
        await repository.RunAsync("checkout", "-q", "--detach");
        Assert.Null((await DescribeAsync(repository.Path)).Branch);
    }

    [Fact]
    public async Task Describe_Subfolder_CountsItsOwnChangesOnly()
    {
        GitRepository repository = await RepositoryAsync();
        repository.Write("elsewhere.txt", "new");
        string service = Path.Combine(repository.Path, "services", "or der");
        Assert.True((await DescribeAsync(service)).IsClean);

        repository.Write("services/or der/ü \"q\".py", "new");
        repository.Write("services/or der/app.py", "changed");
        repository.Write("services/or der/.pipelines/runs/x", "a run");
        repository.Write("services/or der/build/obj/x", "ours");
        repository.Write("services/or der/build/objects", "theirs");
        SourceRevision source = await DescribeAsync(service, "build/obj", Path.Combine(service, "build", "bin"), "../elsewhere");
        Assert.Equal(["app.py", "build/objects", "ü \"q\".py"], source.UncommittedChanges);
    }

    [Fact]
    public async Task Describe_SameChanges_GiveTheSameTagWhateverIsStaged()
    {
        GitRepository repository = await RepositoryAsync();
        repository.Write("a.txt", "one");
        File.Delete(Path.Combine(repository.Path, "services/or der/app.py"));
        string first = (await DescribeAsync(repository.Path)).Tag;
        Assert.Matches("^[0-9a-f]{40}-dirty\\.[0-9a-f]{12}$", first);
        await repository.RunAsync("add", "-A");
        Assert.Equal(first, (await DescribeAsync(repository.Path)).Tag);
        repository.Write("a.txt", "two");
        Assert.NotEqual(first, (await DescribeAsync(repository.Path)).Tag);
        repository.Write("a.txt", "one");
        Assert.Equal(first, (await DescribeAsync(repository.Path)).Tag);
    }

    [Fact]
    public async Task Describe_DirtyCheckout_LeavesIndexAndObjectsAlone()
    {
        GitRepository repository = await RepositoryAsync();
        repository.Write("a.txt", "one");
        byte[] index = File.ReadAllBytes(Path.Combine(repository.Path, ".git", "index"));
        int objects = Directory.GetFiles(Path.Combine(repository.Path, ".git"), "*", SearchOption.AllDirectories).Length;
        await DescribeAsync(repository.Path);
        Assert.Equal(index, File.ReadAllBytes(Path.Combine(repository.Path, ".git", "index")));
        Assert.Equal(objects, Directory.GetFiles(Path.Combine(repository.Path, ".git"), "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task Describe_NoRepository_SaysSo()
    {
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => DescribeAsync(_directory.Path));
        Assert.Contains("no git repository", error.What, StringComparison.Ordinal);
        Assert.Contains("git init", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_NoCommitYet_SaysSo()
    {
        await GitRepository.CreateAsync(_directory.Path);
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => DescribeAsync(_directory.Path));
        Assert.Contains("no commit yet", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_BareRepository_SaysSo()
    {
        await GitRepository.CreateAsync(_directory.Path, bare: true);
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => DescribeAsync(_directory.Path));
        Assert.Contains("without working files", error.What, StringComparison.Ordinal);
    }

    private async Task<GitRepository> RepositoryAsync()
    {
        GitRepository repository = await GitRepository.CreateAsync(Path.Combine(_directory.Path, "repository"));
        repository.Write("services/or der/app.py", "print()");
        await repository.CommitAsync("first");
        return repository;
    }

    private static Task<SourceRevision> DescribeAsync(string directory, params string[] excluded) =>
        GitTool.DescribeAsync(directory, TimeProvider.System, CancellationToken.None, excluded);
}
