using Pipelines.Core.Stages.Test;
using Pipelines.Core.Tools.Node;

namespace Pipelines.Core;

/// <summary>Runs the <c>test</c> script of <c>package.json</c>. Knows how to get counts from <c>node --test</c>, Vitest, Jest and Mocha; for any other runner set <see cref="Report"/>.</summary>
public sealed record NodeTests : IStage<TestResults>, IDescribedStage
{
    private const string InstallHint = "Node.js 20 or later: https://nodejs.org/en/download";

    /// <summary>The JUnit report that the script itself writes, from the service's root.</summary>
    /// <value>null: the runner is told to write one</value>
    public string? Report { get; init; }

    /// <summary>Whether the locked dependencies are installed first where there is no <c>node_modules</c>.</summary>
    /// <value>true</value>
    public bool Install { get; init; } = true;

    /// <inheritdoc/>
    public string Description => "the test script of package.json";

    /// <inheritdoc/>
    /// <exception cref="TestsFailedException">Tests failed.</exception>
    /// <exception cref="NoTestsFoundException">There is no test.</exception>
    /// <exception cref="TestReportException">The runner is not known and <see cref="Report"/> is not set.</exception>
    /// <exception cref="ToolNotFoundException">Node.js or the package manager is missing.</exception>
    public async Task<TestResults> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        NodeProject project = NodeProject.Read(context.Run.Directory);
        if (project.TestScript is null)
            throw new NoTestsFoundException("There are no tests: package.json has no test script.", null, "Write one, such as: npm pkg set scripts.test='node --test'");

        var run = new TestRun(context);
        string report = Report is null ? run.FileAt("report") : Path.GetFullPath(Report, context.Run.Directory);
        NodeReporter reporter = Report is not null ? new NodeReporter("the script's own", []) : NodeReporter.For(project.TestScript, report) ?? throw UnknownRunner(project.TestScript);
        TestRun.Remove([report]);

        if (Install && project is { HasDependencies: true, Install: not null } && !Directory.Exists(Path.Combine(context.Run.Directory, "node_modules")))
            await new Command(project.PackageManager, project.Install).WithInstallHint(InstallHint).RunAsync(context, cancellationToken).ConfigureAwait(false);

        IReadOnlyList<string> separator = project.PackageManager == "npm" && reporter.Arguments.Count > 0 ? ["--"] : [];
        Command command = new Command(project.PackageManager, ["test", .. separator, .. reporter.Arguments]).WithEnvironment("CI", "true").WithInstallHint(InstallHint).AllowAnyExitCode();
        if (reporter.NodeOptions is not null)
            command = command.WithEnvironment("NODE_OPTIONS", reporter.NodeOptions);
        CommandResult ended = await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
        TestResults? results = TestRun.Read([report], reporter.IsJest ? JestReport.AddTo : JUnitReport.AddTo);
        return run.Conclude(command, ended, results, $"The test script is '{project.TestScript}': check that it finds the test files.", $"{project.PackageManager} test");
    }

    private static TestReportException UnknownRunner(string script) => new(
        "The results of the test script could not be counted: its runner is not known.",
        $"  \"test\": \"{script}\"",
        "Known are node --test, vitest, jest and mocha. For any other let the script write a JUnit report and set NodeTests.Report to its path.");
}
