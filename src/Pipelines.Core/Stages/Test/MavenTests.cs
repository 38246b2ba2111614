using Pipelines.Core.Stages.Test;
using Pipelines.Core.Tools.Maven;

namespace Pipelines.Core;

/// <summary>Runs <c>mvn test</c>, by the <c>mvnw</c> of the service where it has one, and reads the reports of Surefire.</summary>
public sealed record MavenTests : IStage<TestResults>, IDescribedStage
{
    private const string InstallHint = "Maven and a JDK: https://maven.apache.org/install.html, or add a wrapper to the service: mvn wrapper:wrapper";

    /// <summary>More arguments, such as <c>-Pfast</c>.</summary>
    /// <value>none</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <inheritdoc/>
    public string Description => "mvn test";

    /// <inheritdoc/>
    /// <exception cref="TestsFailedException">Tests failed.</exception>
    /// <exception cref="NoTestsFoundException">There is no test.</exception>
    /// <exception cref="CommandFailedException">The build failed before or beside the tests.</exception>
    /// <exception cref="ToolNotFoundException">There is no wrapper in the service, and no 'mvn' on the PATH.</exception>
    public async Task<TestResults> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        string directory = context.Run.Directory;
        var run = new TestRun(context);
        TestRun.Remove(FindReports(directory)); // the tool writes them into the checkout, where those of an earlier run may lie
        Command command = WrapperScript.CommandFor(directory, "mvnw", "mvn", InstallHint).WithArguments(["-B", "-ntp", "test", .. Arguments]).AllowAnyExitCode();
        CommandResult ended = await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
        TestResults? results = TestRun.Read(FindReports(directory), JUnitReport.AddTo);
        return run.Conclude(command, ended, results, "Surefire runs classes named *Test, Test* and *Tests below src/test: check the names, and that skipTests is not set.", "mvn test");
    }

    private static IReadOnlyList<string> FindReports(string directory) => ReportFiles.Find(directory, Path.Combine("target", "surefire-reports"));
}
