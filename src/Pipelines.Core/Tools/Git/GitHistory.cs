using System.Globalization;

namespace Pipelines.Core.Tools.Git;

/// <summary>What the service's own checkout tells of commits. It changes nothing there.</summary>
/// <param name="Directory">The service's root.</param>
/// <param name="Time">The clock.</param>
internal sealed record GitHistory(string Directory, TimeProvider Time)
{
    /// <summary>Who wrote a commit, co-authors included, as <c>Name &lt;mail&gt;</c>; null where the commit is not here.</summary>
    public async Task<IReadOnlyList<string>?> FindAuthorsAsync(string commit, CancellationToken cancellationToken)
    {
        if (!IsCommit(commit))
            return null;
        CommandResult result = await RunAsync(["log", "-1", "--no-show-signature", "--format=%an <%ae>%n%(trailers:key=Co-authored-by,valueonly)", commit, "--"], cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)] : null;
    }

    /// <summary>The commits that come from one commit to another, the newest first; null where that is not known here, as in a shallow checkout.</summary>
    /// <param name="from">The older commit.</param>
    /// <param name="to">The newer one.</param>
    /// <param name="most">How many to name.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(int Count, IReadOnlyList<string> Subjects)?> FindBetweenAsync(string from, string to, int most, CancellationToken cancellationToken)
    {
        if (!IsCommit(from) || !IsCommit(to))
            return null;
        CommandResult ancestor = await RunAsync(["merge-base", "--is-ancestor", from, to], cancellationToken).ConfigureAwait(false);
        if (!ancestor.Succeeded)
            return null;
        CommandResult count = await RunAsync(["rev-list", "--count", $"{from}..{to}", "--"], cancellationToken).ConfigureAwait(false);
        CommandResult log = await RunAsync(["log", "--no-show-signature", $"--max-count={most}", "--format=%h %s (%an)", $"{from}..{to}", "--"], cancellationToken).ConfigureAwait(false);
        return count.Succeeded && log.Succeeded && int.TryParse(count.Output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? (number, log.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            : null;
    }

    private static bool IsCommit(string text) => text.Length is >= 7 and <= 64 && text.All(char.IsAsciiHexDigit);

    private Task<CommandResult> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        ProcessRunner.RunAsync(GitCommand.Create(arguments), Directory, null, Time, cancellationToken);
}
