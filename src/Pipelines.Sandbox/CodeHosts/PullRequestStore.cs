using Pipelines.Core;
using Pipelines.Sandbox.Git;

namespace Pipelines.Sandbox.CodeHosts;

/// <summary>The requests of the manifest repository. A merge is a real one, in the bare repository. They live as long as the sandbox; the branches stay.</summary>
internal sealed class PullRequestStore(string repository, bool knowsAll = false)
{
    private readonly Lock _lock = new();
    private readonly List<SandboxPullRequest> _requests = [];

    public IReadOnlyList<SandboxPullRequest> All
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>One by its number; where every pull request is known, one that nobody opened yet is open from now on.</summary>
    public SandboxPullRequest? Find(int number)
    {
        lock (_lock)
        {
            SandboxPullRequest? found = _requests.Find(request => request.Number == number);
            if (found is null && knowsAll && number > 0)
                _requests.Add(found = new SandboxPullRequest(number, $"pull-request-{number}", "main", $"Pull request {number}", "", "open", []));
            return found;
        }
    }

    /// <summary>Opens one; null where one is open for the branch, or a branch does not exist.</summary>
    public async Task<SandboxPullRequest?> OpenAsync(string branch, string target, string title, string body, CancellationToken cancellationToken)
    {
        if (await HeadAsync(branch, cancellationToken).ConfigureAwait(false) is null || await HeadAsync(target, cancellationToken).ConfigureAwait(false) is null)
            return null;
        lock (_lock)
        {
            if (_requests.Exists(request => request.State == "open" && request.Branch == branch && request.Target == target))
                return null;
            var opened = new SandboxPullRequest(_requests.Select(request => request.Number).DefaultIfEmpty().Max() + 1, branch, target, title, body, "open", []);
            _requests.Add(opened);
            return opened;
        }
    }

    public SandboxPullRequest? Change(int number, Func<SandboxPullRequest, SandboxPullRequest> change)
    {
        lock (_lock)
        {
            int index = _requests.FindIndex(request => request.Number == number);
            return index < 0 ? null : _requests[index] = change(_requests[index]);
        }
    }

    /// <exception cref="InvalidUsageException">There is no such open request.</exception>
    public async Task<string> MergeAsync(int number, string by, CancellationToken cancellationToken)
    {
        SandboxPullRequest request = Find(number) is { State: "open" } open ? open : throw new InvalidUsageException($"There is no open pull request {number}.", null, "Look at LocalSandbox.PullRequests.");
        string target = (await HeadAsync(request.Target, cancellationToken).ConfigureAwait(false))!;
        string branch = await HeadAsync(request.Branch, cancellationToken).ConfigureAwait(false) ?? throw new InvalidUsageException($"The branch '{request.Branch}' is gone.");
        string tree = (await SandboxGit.RunAsync(repository, null, cancellationToken, "merge-tree", "--write-tree", target, branch).ConfigureAwait(false)).Split('\n')[0].Trim();
        string commit = (await SandboxGit.RunAsync(repository, null, cancellationToken, "-c", $"user.name={by}", "-c", $"user.email={by}@sandbox.invalid", "commit-tree", tree, "-p", target, "-p", branch, "-m", $"Merge pull request #{number} from {request.Branch}").ConfigureAwait(false)).Trim();
        await SandboxGit.RunAsync(repository, null, cancellationToken, "update-ref", $"refs/heads/{request.Target}", commit, target).ConfigureAwait(false);
        Change(number, one => one with { State = "merged", MergeCommit = commit, MergedBy = by });
        return commit;
    }

    /// <summary>Whether an open request cannot be merged as it is.</summary>
    public async Task<bool> HasConflictsAsync(SandboxPullRequest request, CancellationToken cancellationToken)
    {
        if (request.State != "open")
            return false;
        try
        {
            await SandboxGit.RunAsync(repository, null, cancellationToken, "merge-tree", "--write-tree", $"refs/heads/{request.Target}", $"refs/heads/{request.Branch}").ConfigureAwait(false);
            return false;
        }
        catch (CommandFailedException)
        {
            return true;
        }
    }

    private async Task<string?> HeadAsync(string branch, CancellationToken cancellationToken)
    {
        string answer = await SandboxGit.RunAsync(repository, null, cancellationToken, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/").ConfigureAwait(false);
        return answer.Split('\n').Select(line => line.Trim().Split(' ')).FirstOrDefault(pair => pair[0] == $"refs/heads/{branch}")?[1];
    }
}
