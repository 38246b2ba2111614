using System.Globalization;

namespace Pipelines.Core.Tools.Git;

/// <content>The history of one file. A clone is shallow; more of it is fetched only as far as a question needs it.</content>
internal sealed partial class BareClone
{
    /// <summary>The commits that changed a file, the newest first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="count">How many are asked for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<IReadOnlyList<GitLogEntry>> HistoryAsync(string path, int count, CancellationToken cancellationToken) =>
        HistoryAsync(path, count, found => found.Count >= count, cancellationToken);

    /// <summary>The commits that changed a file, the newest first, as many as it takes until the caller has what it looks for, or all there are.</summary>
    public async Task<IReadOnlyList<GitLogEntry>> HistoryAsync(string path, int count, Func<IReadOnlyList<GitLogEntry>, bool> isEnough, CancellationToken cancellationToken)
    {
        IReadOnlyList<GitLogEntry> found = [];
        foreach (string? depth in (string?[])[null, $"--depth={HistoryDepth}", "--unshallow"])
        {
            bool isShallow = File.Exists(Path.Combine(_directory, "shallow"));
            if (depth is not null && isShallow)
                await FetchAsync(depth, cancellationToken).ConfigureAwait(false);
            else if (depth is not null)
                return found;
            found = await LogAsync(path, count, cancellationToken).ConfigureAwait(false);
            if (isEnough(found))
                return found;
        }

        return found;
    }

    /// <summary>The last commit that touched a file, as <c>id by author</c>, as far as the history is here; null where nothing is known.</summary>
    public async Task<string?> LastChangeAsync(string path, CancellationToken cancellationToken) =>
        await LogAsync(path, 1, cancellationToken).ConfigureAwait(false) is [var last, ..] ? $"{last.ShortId} by {last.Author}: {last.Subject}" : null;

    private async Task<IReadOnlyList<GitLogEntry>> LogAsync(string path, int count, CancellationToken cancellationToken)
    {
        // A commit whose parents are not here seems to have made every file there is: it says nothing.
        string shallow = Path.Combine(_directory, "shallow");
        HashSet<string> cut = File.Exists(shallow) ? [.. await File.ReadAllLinesAsync(shallow, cancellationToken).ConfigureAwait(false)] : [];
        CommandResult result = await RunAsync(
            GitCommand.Create("log", "-z", "--no-show-signature", string.Create(CultureInfo.InvariantCulture, $"--max-count={count + cut.Count}"), "--format=%H%n%ct%n%an%n%B", Tip, "--", $":(literal){path}"), cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            return [];
        var entries = new List<GitLogEntry>();
        foreach (string text in result.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = text.Split('\n', 4);
            if (parts.Length == 4 && !cut.Contains(parts[0]) && long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds))
                entries.Add(new GitLogEntry(parts[0], DateTimeOffset.FromUnixTimeSeconds(seconds), parts[2], parts[3].TrimEnd()));
        }

        return [.. entries.Take(count)];
    }
}
