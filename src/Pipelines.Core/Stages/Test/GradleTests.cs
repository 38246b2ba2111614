using Pipelines.Core.Stages.Test;
using Pipelines.Core.Tools.Maven;

namespace Pipelines.Core;

/// <summary>Runs <c>gradle test</c>, by the <c>gradlew</c> of the service where it has one, and reads its reports.</summary>
public sealed record GradleTests : IStage<TestResults>, IDescribedStage
{
    private const string InstallHint = "Gradle and a JDK: https://gradle.org/install/, or add a wrapper to the service: gradle wrapper";

    /// <summary>More arguments, such as <c>-Pfast</c>.</summary>
    /// <value>none</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <inheritdoc/>
    public string Description => "gradle test";

    /// <inheritdoc/>
    /// <exception cref="TestsFailedException">Tests failed.</exception>
    /// <exception cref="NoTestsFoundException">There is no test.</exception>
    /// <exception cref="CommandFailedException">The build failed before or beside the tests.</exception>
    /// <exception cref="ToolNotFoundException">There is no wrapper in the service, and no 'gradle' on the PATH.</exception>
    public async Task<TestResults> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        string directory = context.Run.Directory;
        var run = new TestRun(context);
        TestRun.Remove(FindReports(directory)); // the tool writes them into the checkout, where those of an earlier run may lie
        Command command = WrapperScript.CommandFor(directory, "gradlew", "gradle", InstallHint).WithArguments(["test", "--console=plain", "--continue", .. Arguments]).AllowAnyExitCode();
        CommandResult ended = await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
        TestResults? results = TestRun.Read(FindReports(directory), JUnitReport.AddTo);
        return run.Conclude(command, ended, results, "Gradle runs the classes below src/test: check that there are some, and that the test task calls useJUnitPlatform().", "gradle test");
    }

    private static IReadOnlyList<string> FindReports(string directory) => ReportFiles.Find(directory, Path.Combine("build", "test-results", "test"));
}
