using Pipelines.Core.Stages.Test;
using Pipelines.Core.Tools.Python;

namespace Pipelines.Core;

/// <summary>Runs a Python service's tests: with pytest where it is installed, measuring coverage where pytest-cov is, else with unittest.</summary>
public sealed record PythonTests : IStage<TestResults>, IDescribedStage
{
    private static readonly string[] s_usualFolders = ["tests", "test"];

    private readonly double? _minimumCoverage;

    /// <summary>The tests' folder or file.</summary>
    /// <value>null: <c>tests</c> or <c>test</c>, whichever is there, else the service's root</value>
    public string? Path { get; init; }

    /// <summary>The share of lines the tests must cover, from 0 to 1; checked where pytest-cov is installed, else a warning says that it was not.</summary>
    /// <value>null: no floor</value>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 0 or more than 1.</exception>
    public double? MinimumCoverage { get => _minimumCoverage; init => _minimumCoverage = MinimumCoverageRange.Check(value); }

    /// <inheritdoc/>
    public string Description => $"Python tests{(MinimumCoverage is { } floor ? $", at least {CoverageTooLowException.Percent(floor)} covered" : "")}";

    /// <inheritdoc/>
    /// <exception cref="TestsFailedException">Tests failed.</exception>
    /// <exception cref="NoTestsFoundException">There is no test.</exception>
    /// <exception cref="CoverageTooLowException">The tests cover less than <see cref="MinimumCoverage"/>.</exception>
    /// <exception cref="ToolNotFoundException">Python is missing.</exception>
    public async Task<TestResults> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        string path = Path ?? s_usualFolders.FirstOrDefault(folder => Directory.Exists(System.IO.Path.Combine(context.Run.Directory, folder))) ?? ".";
        TestPath.Check(context, path);
        PythonInterpreter python = await PythonInterpreter.FindAsync(context, ["pytest", "pytest_cov"], cancellationToken).ConfigureAwait(false);
        bool hasCoverage = python.Modules.Contains("pytest_cov");
        if (python.Modules.Contains("pytest"))
        {
            context.Log.Info($"Python {python.Version} ({python.Program}) with pytest{(hasCoverage ? " and pytest-cov" : "")}.");
            if (MinimumCoverage is not null && !hasCoverage)
                WarnOfCoverage(context, $"{python.Program} -m pip install pytest-cov");
            return await new Pytest(path) { MinimumCoverage = hasCoverage ? MinimumCoverage : null }.RunAsync(python, hasCoverage, context, cancellationToken).ConfigureAwait(false);
        }

        context.Log.Info($"Python {python.Version} ({python.Program}) with unittest, because it has no pytest.");
        if (MinimumCoverage is not null)
            WarnOfCoverage(context, $"{python.Program} -m pip install pytest pytest-cov");
        return await new Unittest(path).RunAsync(python, context, cancellationToken).ConfigureAwait(false);
    }

    private void WarnOfCoverage(StageContext context, string install) =>
        context.Log.Warning($"The coverage floor of {CoverageTooLowException.Percent(MinimumCoverage!.Value)} is not checked: pytest-cov is not installed. Install it: {install}");
}
