using System.Globalization;

namespace Pipelines.Core.Tools.Git;

/// <summary>Git as the pipeline reads the service's own checkout with it. It changes nothing there, not even the index.</summary>
internal static class Git
{
    /// <summary>The address of the remote <c>origin</c>, without user and password; null where there is none, or no repository.</summary>
    public static async Task<string?> OriginAsync(string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        CommandResult remote = await ProcessRunner.RunAsync(GitCommand.Create(["config", "--get", "remote.origin.url"]), directory, null, time, cancellationToken).ConfigureAwait(false);
        string address = remote.Output.Trim();
        return remote.Succeeded && address.Length > 0 ? GitUrl.WithoutUserInfo(address) : null;
    }

    /// <summary>Reads what a run builds. The four questions are asked at once.</summary>
    /// <param name="directory">The service's root: the checkout's or a folder in it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the processes.</param>
    /// <param name="excludedDirectories">Folders whose changes do not count; relative ones start at the service's root. <c>.pipelines</c> never counts.</param>
    /// <exception cref="ToolNotFoundException">Git is not installed.</exception>
    /// <exception cref="InvalidUsageException">The folder is in no git repository, the repository has no commit, or git refuses to read it.</exception>
    public static async Task<SourceRevision> DescribeAsync(string directory, TimeProvider time, CancellationToken cancellationToken, IReadOnlyList<string>? excludedDirectories = null)
    {
        Task<CommandResult> statusTask = RunAsync([
            "--no-optional-locks", "status", "--porcelain=v2", "--branch", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=none", "--",
            ".", ":(exclude,glob)**/.pipelines/**", .. Exclusions(directory, excludedDirectories ?? [])]);
        Task<CommandResult> logTask = RunAsync("log", "-1", "--no-show-signature", "--format=%ct");
        Task<CommandResult> remoteTask = RunAsync("config", "--get", "remote.origin.url");
        Task<CommandResult> prefixTask = RunAsync("rev-parse", "--show-prefix");
        await Task.WhenAll(statusTask, logTask, remoteTask, prefixTask).ConfigureAwait(false);

        CommandResult status = await statusTask.ConfigureAwait(false);
        if (!status.Succeeded)
            throw Unreadable(directory, status.ErrorOutput);
        var read = GitStatus.Parse(status.Output);
        if (read.Commit is null)
            throw new InvalidUsageException("This repository has no commit yet: images are named by their commit.", $"  {directory}", "Make a first commit: git add -A && git commit -m \"First commit\".");

        string prefix = (await prefixTask.ConfigureAwait(false)).Output.TrimEnd('\n', '\r');
        string[] changes = [.. read.Paths.Select(path => path.StartsWith(prefix, StringComparison.Ordinal) ? path[prefix.Length..] : path).Order(StringComparer.Ordinal)];
        string remote = (await remoteTask.ConfigureAwait(false)).Output.Trim();
        string tag = changes.Length == 0 ? read.Commit : $"{read.Commit}-dirty.{await SourceFingerprint.ComputeAsync(directory, changes, cancellationToken).ConfigureAwait(false)}";
        _ = long.TryParse((await logTask.ConfigureAwait(false)).Output.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds);
        return new SourceRevision(read.Commit, read.Branch, remote.Length == 0 ? null : GitUrl.WithoutUserInfo(remote), changes, tag, DateTimeOffset.FromUnixTimeSeconds(seconds));

        Task<CommandResult> RunAsync(params IReadOnlyList<string> arguments) =>
            ProcessRunner.RunAsync(GitCommand.Create(arguments), directory, null, time, cancellationToken);
    }

    private static IEnumerable<string> Exclusions(string directory, IReadOnlyList<string> excluded)
    {
        foreach (string folder in excluded)
        {
            string relative = Path.GetRelativePath(directory, Path.GetFullPath(folder, directory)).Replace('\\', '/');
            if (relative is not "." and not ".." && !relative.StartsWith("../", StringComparison.Ordinal) && !Path.IsPathRooted(relative))
                yield return ":(exclude,literal)" + relative;
        }
    }

    private static InvalidUsageException Unreadable(string directory, string error)
    {
        if (error.Contains("not a git repository", StringComparison.Ordinal))
            return new InvalidUsageException("This folder is in no git repository: images are named by their commit.", $"  {directory}", "Run the pipeline in a checkout of the service, or make one: git init && git add -A && git commit -m \"First commit\".");
        if (error.Contains("dubious ownership", StringComparison.Ordinal))
        {
            return new InvalidUsageException(
                "Git refuses to read this checkout, because it belongs to another user.",
                GitErrors.Evidence(error),
                $"If you trust it: git config --global --add safe.directory '{directory}'. In a container, run as the user who made the checkout.");
        }

        return error.Contains("must be run in a work tree", StringComparison.Ordinal)
            ? new InvalidUsageException("This folder is a git repository without working files.", $"  {directory}", "Run the pipeline in a checkout of the service: git clone.")
            : new InvalidUsageException("Git cannot read this checkout.", GitErrors.Evidence(error), "Run 'git status' in the folder and correct what it complains about.");
    }
}
