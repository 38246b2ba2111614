using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipelines.Core.Stages.Test;

/// <summary>Reads what <c>dotnet test</c> prints with Microsoft.Testing.Platform: its reports need an extension in the test project, its summary does not.</summary>
internal static partial class TestingPlatformSummary
{
    /// <summary>Adds the counts of one output; gives <paramref name="known"/> back where the output has no summary.</summary>
    public static TestResults? Add(TestResults? known, string output)
    {
        string text = AnsiPattern().Replace(output, "");
        int summary = text.LastIndexOf("Test run summary:", StringComparison.Ordinal);
        if (summary < 0)
            return known;
        Dictionary<string, int> counts = CountPattern().Matches(text[summary..])
            .GroupBy(match => match.Groups[1].Value, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => int.Parse(group.First().Groups[2].Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);
        if (!counts.ContainsKey("total"))
            return known;
        int failed = counts.GetValueOrDefault("failed") + counts.GetValueOrDefault("error");
        List<TestFailure> failures = [.. FailurePattern().Matches(text[..summary]).Select(match => new TestFailure(match.Groups[1].Value, match.Groups[2].Value.Trim() is { Length: > 0 } message ? message : "failed: see the stage's log"))];
        TestResults none = known ?? new TestResults(0, 0, 0, TimeSpan.Zero, []);
        return new TestResults(none.Passed + counts.GetValueOrDefault("succeeded"), none.Failed + failed, none.Skipped + counts.GetValueOrDefault("skipped"), none.Duration, [.. none.Failures, .. failures]);
    }

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex AnsiPattern();

    [GeneratedRegex(@"^\s*(total|failed|succeeded|skipped|error): (\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex CountPattern();

    [GeneratedRegex(@"^failed (\S.*?) \([\d.,a-z ]+\)\r?\n(?:\s+from [^\n]*\n)?(\s[^\n]*)?", RegexOptions.Multiline)]
    private static partial Regex FailurePattern();
}
