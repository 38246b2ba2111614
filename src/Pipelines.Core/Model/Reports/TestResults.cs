namespace Pipelines.Core;

/// <summary>The outcome of one run of a test suite.</summary>
/// <param name="Passed">How many tests passed.</param>
/// <param name="Failed">How many failed or ended in an error.</param>
/// <param name="Skipped">How many were skipped.</param>
/// <param name="Duration">How long the tests took together.</param>
/// <param name="Failures">Each failed test.</param>
public sealed record TestResults(int Passed, int Failed, int Skipped, TimeSpan Duration, IReadOnlyList<TestFailure> Failures)
{
    /// <summary>The share of lines covered, from 0 to 1.</summary>
    /// <value>null where no coverage was measured.</value>
    public double? Coverage { get; init; }

    /// <summary>How many tests there were.</summary>
    public int Total => Passed + Failed + Skipped;
}
