namespace Pipelines.Core.Tools.Git;

/// <summary>The output of <c>git status --porcelain=v2 --branch -z</c>.</summary>
/// <remarks><see href="https://git-scm.com/docs/git-status#_porcelain_format_version_2"/>.</remarks>
/// <param name="Commit">HEAD; null before the first commit.</param>
/// <param name="Branch">The branch; null on a detached HEAD.</param>
/// <param name="Paths">The changed and untracked files, from the repository's root.</param>
internal sealed record GitStatus(string? Commit, string? Branch, IReadOnlyList<string> Paths)
{
    public static GitStatus Parse(string output)
    {
        string? commit = null;
        string? branch = null;
        var paths = new List<string>();
        foreach (string entry in output.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry.StartsWith("# branch.oid ", StringComparison.Ordinal))
                commit = entry[13..] is "(initial)" ? null : entry[13..];
            else if (entry.StartsWith("# branch.head ", StringComparison.Ordinal))
                branch = entry[14..] is "(detached)" ? null : entry[14..];
            else if (FieldsBeforePath(entry[0]) is int fields and > 0)
                paths.Add(entry.Split(' ', fields + 1)[fields]);
        }

        return new GitStatus(commit, branch, paths);
    }

    private static int FieldsBeforePath(char kind) => kind switch
    {
        '1' => 8, // changed
        'u' => 10, // unmerged
        '?' => 1, // untracked
        _ => 0, // headers
    };
}
