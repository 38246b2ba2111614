namespace Pipelines.Core.Tools.Git;

/// <summary>The tracked files of a checkout, and the commits of its change.</summary>
internal static class GitSources
{
    /// <summary>Where a clone's default branch may be found, where the clone does not say it itself.</summary>
    private static readonly string[] UsualBranches = ["refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"];

    /// <summary>The tracked files below the service's root, by their paths from it; no symbolic links, which lead elsewhere, and no submodules, which have scans of their own.</summary>
    /// <exception cref="GitException">Git cannot list them.</exception>
    public static async Task<IReadOnlyList<string>> TrackedFilesAsync(StageContext context, CancellationToken cancellationToken)
    {
        var files = new HashSet<string>(StringComparer.Ordinal); // a path with a merge conflict is listed once a version
        string rest = "";
        CommandResult result = await RunAsync(context, GitCommand.Create("ls-files", "--stage", "-z").ReadLines(Read), cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw new InvalidUsageException("Git cannot list the files of this checkout.", GitErrors.Evidence(result.ErrorOutput), "Run 'git status' in the folder and correct what it complains about.");
        return [.. files];

        // Each piece is a part of "mode object stage<TAB>path<NUL>…": a piece ends where the reader cut, or at a line end, which a path may have.
        void Read(string piece)
        {
            string[] entries = (rest + piece).Split('\0');
            rest = entries[^1];
            foreach (string entry in entries.AsSpan(0, entries.Length - 1))
                if (entry.StartsWith("100", StringComparison.Ordinal) && entry.IndexOf('\t', StringComparison.Ordinal) is > 0 and var tab)
                    files.Add(entry[(tab + 1)..]);
        }
    }

    /// <summary>Which commits a change has: those since it left the default branch, or the last one on the default branch itself.</summary>
    public static async Task<GitChange> FindChangeAsync(StageContext context, CancellationToken cancellationToken)
    {
        string? head = await AskAsync("rev-parse", "--verify", "--quiet", "HEAD^{commit}").ConfigureAwait(false);
        if (head is null)
            return new GitChange(null, null, IsShallow: false);
        bool isShallow = await AskAsync("rev-parse", "--is-shallow-repository").ConfigureAwait(false) == "true";
        string? branch = await AskAsync("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD").ConfigureAwait(false);
        if (branch is null || await AskAsync("rev-parse", "--verify", "--quiet", branch).ConfigureAwait(false) is null)
        {
            string? known = await AskAsync(["for-each-ref", "--format=%(refname)", .. UsualBranches]).ConfigureAwait(false);
            string[] existing = known?.Split('\n') ?? [];
            branch = Array.Find(UsualBranches, usual => existing.Contains(usual, StringComparer.Ordinal));
        }

        string? left = branch is null ? null : await AskAsync("merge-base", "HEAD", branch).ConfigureAwait(false);
        if (left is not null && left != head)
            return new GitChange($"{left}..{head}", branch, isShallow);
        string? parent = await AskAsync("rev-parse", "--verify", "--quiet", "HEAD^1").ConfigureAwait(false);
        return new GitChange(parent is null ? null : $"{parent}..{head}", branch, isShallow);

        async Task<string?> AskAsync(params IReadOnlyList<string> arguments)
        {
            CommandResult result = await RunAsync(context, GitCommand.Create(arguments), cancellationToken).ConfigureAwait(false);
            return result.Succeeded && result.Output.Trim() is { Length: > 0 } answer ? answer : null;
        }
    }

    /// <summary>Reads what the commits of a range added to the files below the service's root.</summary>
    /// <param name="context">The stage's context.</param>
    /// <param name="range">The commits.</param>
    /// <param name="reader">Gets every line.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    public static async Task ReadAdditionsAsync(StageContext context, string range, GitAdditions reader, CancellationToken cancellationToken)
    {
        Command log = GitCommand.Create(
            "-c", "core.quotePath=false", "log", "-p", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-show-signature", "--unified=0", "--diff-filter=AM", "--relative", "--src-prefix=a/", "--dst-prefix=b/",
            $"--format={GitAdditions.CommitMark}%H", range, "--", ".");
        CommandResult result = await RunAsync(context, log.ReadLines(reader.Read), cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw new InvalidUsageException("Git cannot read the commits of this change.", GitErrors.Evidence(result.ErrorOutput), "Fetch the whole history (actions/checkout: fetch-depth: 0; GitLab: GIT_DEPTH: 0) and run again.");
        reader.Finish();
    }

    /// <summary>The repository's own folder, and the service's root in the repository, with a <c>/</c> at its end where it is not the repository's.</summary>
    public static async Task<(string Folder, string Prefix)?> FindGitFolderAsync(StageContext context, CancellationToken cancellationToken)
    {
        CommandResult result = await RunAsync(context, GitCommand.Create("rev-parse", "--absolute-git-dir", "--show-prefix"), cancellationToken).ConfigureAwait(false);
        string[] lines = result.Output.Split('\n');
        return result.Succeeded && lines.Length > 1 ? (lines[0].Trim(), lines[1].Trim()) : null;
    }

    private static Task<CommandResult> RunAsync(StageContext context, Command command, CancellationToken cancellationToken) =>
        ProcessRunner.RunAsync(command, context.Run.Directory, null, context.Time, cancellationToken, context.ForceToken);
}
