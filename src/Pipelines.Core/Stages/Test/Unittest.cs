using Pipelines.Core.Stages.Test;
using Pipelines.Core.Tools.Python;

namespace Pipelines.Core;

/// <summary>Runs the service's tests with Python's own unittest.</summary>
/// <param name="Path">The tests' folder or file, such as <c>tests/</c>.</param>
public sealed record Unittest(string Path) : IStage<TestResults>, IDescribedStage
{
    /// <summary>The names of the files that hold tests.</summary>
    /// <value><c>test*.py</c></value>
    public string Pattern { get; init; } = "test*.py";

    /// <inheritdoc/>
    public string Description => $"unittest {Path}";

    /// <inheritdoc/>
    /// <exception cref="TestsFailedException">Tests failed.</exception>
    /// <exception cref="NoTestsFoundException">There is no test.</exception>
    /// <exception cref="ToolNotFoundException">Python is missing.</exception>
    public async Task<TestResults> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        TestPath.Check(context, Path);
        PythonInterpreter python = await PythonInterpreter.FindAsync(context, [], cancellationToken).ConfigureAwait(false);
        return await RunAsync(python, context, cancellationToken).ConfigureAwait(false);
    }

    internal async Task<TestResults> RunAsync(PythonInterpreter python, StageContext context, CancellationToken cancellationToken)
    {
        var run = new TestRun(context);
        string report = run.FileAt("junit.xml");
        Command command = python.Command("-", Path, Pattern, report).WithInput(UnittestRunner.Program).AllowAnyExitCode();
        CommandResult ended = await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
        return run.Conclude(
            command,
            ended,
            TestRun.Read([report], JUnitReport.AddTo),
            $"unittest collects methods named test… of TestCase classes in files named {Pattern}. Tests written as plain functions need pytest: {python.Program} -m pip install pytest",
            $"{python.Program} -m unittest discover -s {Path} -p '{Pattern}'");
    }
}
