using System.Globalization;
using Pipelines.Core.Stages.Test;
using Pipelines.Core.Tools.Python;

namespace Pipelines.Core;

/// <summary>Runs the service's tests with pytest, and measures coverage where a floor is asked for.</summary>
/// <param name="Path">The tests' folder or file, such as <c>tests/</c>.</param>
public sealed record Pytest(string Path) : IStage<TestResults>, IDescribedStage
{
    private const int NoTestsCollected = 5; // pytest's exit codes: https://docs.pytest.org/en/stable/reference/exit-codes.html

    private readonly double? _minimumCoverage;

    /// <summary>The share of lines the tests must cover, from 0 to 1. Needs pytest-cov.</summary>
    /// <value>null: coverage is not measured</value>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 0 or more than 1.</exception>
    public double? MinimumCoverage { get => _minimumCoverage; init => _minimumCoverage = MinimumCoverageRange.Check(value); }

    /// <summary>More arguments for pytest, such as <c>-m "not slow"</c> as two of them.</summary>
    /// <value>none</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <inheritdoc/>
    public string Description => string.Create(CultureInfo.InvariantCulture, $"pytest {Path}{(MinimumCoverage is { } floor ? $", at least {CoverageTooLowException.Percent(floor)} covered" : "")}");

    /// <inheritdoc/>
    /// <exception cref="TestsFailedException">Tests failed.</exception>
    /// <exception cref="NoTestsFoundException">There is no test.</exception>
    /// <exception cref="CoverageTooLowException">The tests cover less than <see cref="MinimumCoverage"/>.</exception>
    /// <exception cref="ToolNotFoundException">Python, pytest or pytest-cov is missing.</exception>
    public async Task<TestResults> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        TestPath.Check(context, Path);
        PythonInterpreter python = await PythonInterpreter.FindAsync(context, ["pytest", "pytest_cov"], cancellationToken).ConfigureAwait(false);
        if (!python.Modules.Contains("pytest"))
            throw new ToolNotFoundException("pytest", $"{python.Program} -m pip install pytest");
        if (MinimumCoverage is not null && !python.Modules.Contains("pytest_cov"))
            throw new ToolNotFoundException("pytest-cov", $"{python.Program} -m pip install pytest-cov, which MinimumCoverage needs");
        return await RunAsync(python, MinimumCoverage is not null, context, cancellationToken).ConfigureAwait(false);
    }

    internal async Task<TestResults> RunAsync(PythonInterpreter python, bool measureCoverage, StageContext context, CancellationToken cancellationToken)
    {
        var run = new TestRun(context);
        string report = run.FileAt("junit.xml");
        Command command = python
            .Command("-m", "pytest", Path, $"--junitxml={report}", "-o", $"cache_dir={run.FileAt("pytest-cache")}")
            .WithArguments(measureCoverage ? CoverageSettings.Arguments(context.Run.Directory, run.Folder) : [])
            .WithArguments(Arguments)
            .WithEnvironment("COVERAGE_FILE", run.FileAt("coverage.data"))
            .AllowAnyExitCode();
        CommandResult ended = await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
        string again = $"{python.Program} -m pytest {Path}";
        if (ended.ExitCode == NoTestsCollected)
            throw NoTests(again);
        TestResults? results = TestRun.Read([report], JUnitReport.AddTo);
        if (results is not null && measureCoverage)
            results = results with { Coverage = CoverageSettings.Read(run.Folder) };
        results = run.Conclude(command, ended, results, "pytest collects functions named test_… in files named test_….py.", again);
        if (MinimumCoverage is { } minimum && measureCoverage)
        {
            if (results.Coverage is null)
                throw new TestReportException("The tests passed, but no coverage was measured.", null, "Check the coverage settings of the service ('source' and 'omit'), or remove MinimumCoverage.");
            if (results.Coverage.Value < minimum)
                throw new CoverageTooLowException(results.Coverage.Value, minimum);
        }

        return results;
    }

    private NoTestsFoundException NoTests(string again) =>
        new($"pytest found no tests in {Path}.", $"  $ {again}", "pytest collects functions named test_… in files named test_….py. Give the stage the folder that holds them.");
}
