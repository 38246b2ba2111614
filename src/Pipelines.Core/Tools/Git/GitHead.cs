namespace Pipelines.Core.Tools.Git;

/// <summary>The commit that is checked out, from git's own files: a process for it would cost every small run more than the run itself.</summary>
/// <remarks><see href="https://git-scm.com/docs/gitrepository-layout"/>.</remarks>
internal static class GitHead
{
    /// <returns>The commit; null where there is no checkout, no commit yet, or refs are kept in another way.</returns>
    public static string? Read(string directory)
    {
        try
        {
            for (DirectoryInfo? folder = new(directory); folder is not null; folder = folder.Parent)
            {
                string git = Path.Combine(folder.FullName, ".git");
                if (Directory.Exists(git))
                    return Commit(git);
                if (File.Exists(git) && File.ReadAllText(git).Trim() is var text && text.StartsWith("gitdir: ", StringComparison.Ordinal)) // a worktree's
                    return Commit(Path.GetFullPath(text[8..], folder.FullName));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // As if there were no checkout: what needs the commit asks git and tells what is wrong.
        }

        return null;
    }

    private static string? Commit(string git)
    {
        string head = File.ReadAllText(Path.Combine(git, "HEAD")).Trim();
        if (!head.StartsWith("ref: ", StringComparison.Ordinal))
            return head;
        string name = head[5..];
        string common = Path.Combine(git, "commondir");
        string root = File.Exists(common) ? Path.GetFullPath(File.ReadAllText(common).Trim(), git) : git;
        string loose = Path.Combine(root, name);
        if (File.Exists(loose))
            return File.ReadAllText(loose).Trim();
        string packed = Path.Combine(root, "packed-refs");
        return File.Exists(packed) ? File.ReadLines(packed).FirstOrDefault(line => line.EndsWith(' ' + name, StringComparison.Ordinal))?.Split(' ')[0] : null;
    }
}
