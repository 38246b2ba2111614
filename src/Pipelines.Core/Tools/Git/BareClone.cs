using System.Globalization;
using System.Text;

namespace Pipelines.Core.Tools.Git;

/// <summary>A shallow copy of one branch without working files: contents are read from and written to git's store as they are. No line-end conversion, filter, symbolic link, hook or path trick can come between.</summary>
internal sealed partial class BareClone
{
    private const string NewCommit = "refs/pipelines/new";
    private const int HistoryDepth = 50;

    private readonly string _directory;
    private readonly GitRemote _remote;
    private readonly TimeProvider _time;
    private readonly CancellationToken _forceToken;
    private readonly ISecretResolver? _secrets;

    private BareClone(string directory, GitRemote remote, TimeProvider time, ISecretResolver? secrets, CancellationToken forceToken)
    {
        _directory = directory;
        _remote = remote;
        _time = time;
        _forceToken = forceToken;
        _secrets = secrets;
    }

    /// <summary>The newest commit of the branch that is known here.</summary>
    public string Tip => $"refs/heads/{_remote.Branch}";

    /// <param name="remote">What to clone.</param>
    /// <param name="directory">Where to; it must be empty.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the processes.</param>
    /// <param name="forceToken">Kills them.</param>
    /// <param name="secrets">The run's secrets, whose variables git does not inherit.</param>
    /// <exception cref="GitException">There is no way to it.</exception>
    public static async Task<BareClone> CreateAsync(GitRemote remote, string directory, TimeProvider time, CancellationToken cancellationToken, CancellationToken forceToken, ISecretResolver? secrets = null)
    {
        var clone = new BareClone(directory, remote, time, secrets, forceToken);
        // Nothing here outlives the stage, so nothing has to reach the disk.
        await clone.RemoteAsync("clone", ["clone", "--quiet", "--bare", "--depth=1", "--single-branch", "--no-tags", "--template=", "--config=core.fsync=none", $"--branch={remote.Branch}", "--", remote.Address, "."], cancellationToken).ConfigureAwait(false);
        return clone;
    }

    /// <summary>Gets the newest commit of the branch.</summary>
    public Task FetchAsync(CancellationToken cancellationToken) => FetchAsync("--depth=1", cancellationToken);

    /// <summary>Whether one commit is another, or comes after it on the branch. Fetches as much history as that takes.</summary>
    public async Task<bool> ContainsAsync(string commit, string ancestor, CancellationToken cancellationToken)
    {
        if (commit == ancestor)
            return true;
        foreach (string? depth in (string?[])[null, $"--depth={HistoryDepth}", "--unshallow"])
        {
            if (depth is not null && (depth != "--unshallow" || File.Exists(Path.Combine(_directory, "shallow"))))
                await FetchAsync(depth, cancellationToken).ConfigureAwait(false);
            if (!await ExistsAsync(commit, cancellationToken).ConfigureAwait(false) || !await ExistsAsync(ancestor, cancellationToken).ConfigureAwait(false))
                continue;
            if (await IsAncestorAsync(ancestor, commit, cancellationToken).ConfigureAwait(false))
                return true;
            if (await IsAncestorAsync(commit, ancestor, cancellationToken).ConfigureAwait(false))
                return false; // it is older: more history changes nothing
        }

        return false; // the whole history of the branch was looked at
    }

    /// <summary>The files of the newest commit.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        (await LocalAsync(["ls-tree", "-r", "-z", "--name-only", Tip], cancellationToken).ConfigureAwait(false)).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Makes sure that a commit of the branch and its parent are here.</summary>
    public async Task<bool> DeepenToParentAsync(string commit, CancellationToken cancellationToken)
    {
        foreach (string depth in (string[])[$"--depth={HistoryDepth}", "--unshallow"])
        {
            if (depth != "--unshallow" || File.Exists(Path.Combine(_directory, "shallow")))
                await FetchAsync(depth, cancellationToken).ConfigureAwait(false);
            if (await ExistsAsync(commit + "^", cancellationToken).ConfigureAwait(false))
                return true;
        }

        return false;
    }

    /// <summary>A commit's id and message.</summary>
    public async Task<(string Id, string Message)> DescribeAsync(string revision, CancellationToken cancellationToken)
    {
        string output = await LocalAsync(["log", "-1", "--no-show-signature", "--format=%H%n%B", revision, "--"], cancellationToken).ConfigureAwait(false);
        int end = output.IndexOf('\n', StringComparison.Ordinal);
        return (output[..end].Trim(), output[(end + 1)..].TrimEnd());
    }

    /// <summary>The commits of the branch that touched a file and have a line in their message, the newest first. Looks through the whole history where the newest part of it has none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="line">The line, as it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<(string Id, string Message)>> FindCommitsAsync(string path, string line, CancellationToken cancellationToken)
    {
        foreach (string depth in (string[])[$"--depth={HistoryDepth}", "--unshallow"])
        {
            if (depth == "--unshallow" && !File.Exists(Path.Combine(_directory, "shallow")))
                break;
            await FetchAsync(depth, cancellationToken).ConfigureAwait(false);
            string output = await LocalAsync(
                ["log", "-z", "--no-show-signature", "--full-history", "--fixed-strings", $"--grep={line}", "--format=%H%n%B", Tip, "--", $":(literal){path}"], cancellationToken).ConfigureAwait(false);
            (string, string Message)[] commits =
            [
                .. output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(commit => commit.Split('\n', 2)).Select(parts => (parts[0].Trim(), parts.Length > 1 ? parts[1].TrimEnd() : ""))
                    .Where(commit => commit.Item2.Split('\n').Contains(line)), // git finds it in the middle of a line too
            ];
            if (commits.Length > 0)
                return commits;
        }

        return [];
    }

    /// <summary>Pushes the commit that was made last.</summary>
    /// <exception cref="GitException">It was refused; <see cref="GitException.Failure"/> says whether another try helps.</exception>
    public Task PushAsync(CancellationToken cancellationToken) =>
        RemoteAsync("push to", ["push", "--porcelain", "--no-verify", "origin", $"{NewCommit}:{Tip}"], cancellationToken);

    /// <summary>The newest commit of another branch; null where there is no such branch.</summary>
    public async Task<string?> FindBranchAsync(string branch, CancellationToken cancellationToken)
    {
        string name = $"refs/heads/{branch}";
        try
        {
            await RemoteAsync("fetch from", ["fetch", "--quiet", "--no-tags", "--depth=1", "origin", $"+{name}:{name}"], cancellationToken).ConfigureAwait(false);
            return (await DescribeAsync(name, cancellationToken).ConfigureAwait(false)).Id;
        }
        catch (GitException exception) when (exception.Failure == GitFailure.BranchNotFound)
        {
            return null;
        }
    }

    /// <summary>Makes another branch of the remote the commit that was made last, whatever it was.</summary>
    public Task ReplaceBranchAsync(string branch, CancellationToken cancellationToken) =>
        RemoteAsync("push to", ["push", "--porcelain", "--no-verify", "origin", $"+{NewCommit}:refs/heads/{branch}"], cancellationToken);

    private Task FetchAsync(string depth, CancellationToken cancellationToken) =>
        RemoteAsync("fetch from", ["fetch", "--quiet", "--no-tags", depth, "origin", $"+{Tip}:{Tip}"], cancellationToken);

    private async Task<bool> ExistsAsync(string revision, CancellationToken cancellationToken) =>
        (await RunAsync(GitCommand.Create("cat-file", "-e", revision + "^{commit}"), cancellationToken).ConfigureAwait(false)).Succeeded;

    private async Task<bool> IsAncestorAsync(string ancestor, string commit, CancellationToken cancellationToken) =>
        (await RunAsync(GitCommand.Create("merge-base", "--is-ancestor", ancestor, commit), cancellationToken).ConfigureAwait(false)).Succeeded;

    private async Task<string> LocalAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        CommandResult result = await RunAsync(GitCommand.Create(arguments), cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Output : throw new GitException(GitFailure.Other, $"'git {arguments[0]}' failed in the copy of the manifest repository.", GitErrors.Evidence(result.ErrorOutput), "Run again; the copy is made anew.");
    }

    private async Task RemoteAsync(string doing, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        CommandResult result = await RunAsync(_remote.Command(arguments), cancellationToken, inRepository: arguments[0] != "clone").ConfigureAwait(false);
        if (!result.Succeeded)
            throw GitErrors.For(doing, _remote, result.Output + "\n" + result.ErrorOutput);
    }

    private Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken, bool inRepository = true)
    {
        if (_remote.IsSandbox)
            command = command.WithEnvironment("GIT_CONFIG_GLOBAL", GitCommand.NullDevice).WithEnvironment("GIT_CONFIG_NOSYSTEM", "1");
        if (inRepository)
            command = command.WithEnvironment("GIT_DIR", "."); // never the service's checkout around it
        return ProcessRunner.RunAsync(command, _directory, null, _secrets, _time, cancellationToken, _forceToken);
    }
}
