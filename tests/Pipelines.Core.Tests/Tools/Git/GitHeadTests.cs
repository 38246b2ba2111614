using Pipelines.Core.Tools.Git;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Tools.Git;

public sealed class GitHeadTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Read_BranchDetachedPackedAndWorktree_IsWhatGitSays()
    {
        Assert.Null(GitHead.Read(_directory.Path));
        GitRepository repository = await GitRepository.CreateAsync(Path.Combine(_directory.Path, "r"));
        Assert.Null(GitHead.Read(repository.Path)); // no commit yet
        repository.Write("folder/a", "a");
        string first = await repository.CommitAsync("first");
        Assert.Equal(first, GitHead.Read(repository.Path));
        Assert.Equal(first, GitHead.Read(Path.Combine(repository.Path, "folder")));
        await repository.RunAsync("pack-refs", "--all");
        Assert.Equal(first, GitHead.Read(repository.Path));
        await repository.RunAsync("worktree", "add", "-q", "-b", "other", Path.Combine(_directory.Path, "w"));
        var worktree = new GitRepository(Path.Combine(_directory.Path, "w"));
        worktree.Write("b", "b");
        string second = await worktree.CommitAsync("second");
        Assert.Equal((first, second), (GitHead.Read(repository.Path), GitHead.Read(worktree.Path)));
        await repository.RunAsync("checkout", "-q", "--detach", second);
        Assert.Equal(second, GitHead.Read(repository.Path));
    }
}
