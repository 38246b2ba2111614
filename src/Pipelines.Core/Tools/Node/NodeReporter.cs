namespace Pipelines.Core.Tools.Node;

/// <summary>How a Node test runner is told to write a report that can be counted.</summary>
/// <param name="Name">The runner.</param>
/// <param name="Arguments">What is added to the test script.</param>
/// <param name="NodeOptions">What is added to <c>NODE_OPTIONS</c>; null where nothing is.</param>
/// <param name="IsJest">Whether the report is Jest's JSON; else it is JUnit XML.</param>
internal sealed record NodeReporter(string Name, IReadOnlyList<string> Arguments, string? NodeOptions = null, bool IsJest = false)
{
    /// <summary>The reporter for a test script; null where its runner is not known.</summary>
    public static NodeReporter? For(string script, string report)
    {
        string[] words = script.Split([' ', '\t', '/', '"', '\'', '=', ';', '&', '|'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Contains("vitest", StringComparer.Ordinal))
            return new NodeReporter("vitest", ["--run", "--reporter=default", "--reporter=junit", $"--outputFile.junit={report}"]);
        if (words.Contains("jest", StringComparer.Ordinal) || script.Contains("react-scripts test", StringComparison.Ordinal))
            return new NodeReporter("jest", ["--ci", "--json", $"--outputFile={report}"], IsJest: true);
        if (words.Contains("mocha", StringComparer.Ordinal))
            return new NodeReporter("mocha", ["--reporter", "xunit", "--reporter-option", $"output={report}"]);
        return words.Contains("--test", StringComparer.Ordinal) ? NodeTest(report) : null;
    }

    /// <summary>Node's own runner, by <c>NODE_OPTIONS</c>, so that the script's own arguments stay as they are (https://nodejs.org/api/test.html#test-reporters).</summary>
    public static NodeReporter NodeTest(string report) => new(
        "node --test",
        [],
        $"--test-reporter=spec --test-reporter-destination=stdout --test-reporter=junit --test-reporter-destination=\"{report.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
}
