namespace Pipelines.Core;

/// <summary>Tests of the service failed. Never transient: a flaky test is a finding, too.</summary>
public sealed class TestsFailedException : PipelineException
{
    private const int FailuresShown = 10;

    private const int LongestMessage = 300;

    internal TestsFailedException(TestResults results, string command)
        : base($"{results.Failed} of {results.Total} tests failed.", Describe(results), $"Run '{command}' to see it on your machine. The stage's log has the whole output.") =>
        Results = results;

    /// <summary>The counts and every failure.</summary>
    public TestResults Results { get; }

    private static string Describe(TestResults results)
    {
        IEnumerable<string> lines = results.Failures.Take(FailuresShown).Select(failure => $"  {failure.Name}: {FirstLine(failure.Message)}");
        return string.Join('\n', results.Failures.Count > FailuresShown ? lines.Append($"  … and {results.Failures.Count - FailuresShown} more") : lines);
    }

    private static string FirstLine(string message)
    {
        string line = message.AsSpan().Trim().ToString().Split('\n', 2)[0].TrimEnd();
        return line.Length > LongestMessage ? line[..LongestMessage] + "…" : line;
    }
}
