using Pipelines.Core.Stages.Test;
using Pipelines.Core.Tools.Go;

namespace Pipelines.Core;

/// <summary>Runs <c>go test</c> and counts each test, subtests instead of the tests around them.</summary>
public sealed record GoTests : IStage<TestResults>, IDescribedStage
{
    private static readonly string[] s_noise = ["=== ", "--- PASS", "PASS", "ok "];

    /// <summary>The packages.</summary>
    /// <value><c>./...</c>: all</value>
    public string Packages { get; init; } = "./...";

    /// <summary>More arguments, such as <c>-race</c>.</summary>
    /// <value>none</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <inheritdoc/>
    public string Description => $"go test {Packages}";

    /// <inheritdoc/>
    /// <exception cref="TestsFailedException">Tests failed, or a package does not compile.</exception>
    /// <exception cref="NoTestsFoundException">There is no test.</exception>
    /// <exception cref="ToolNotFoundException">Go is missing.</exception>
    public async Task<TestResults> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var run = new TestRun(context);
        Command command = new Command("go", ["test", "-json", .. Arguments, Packages]).WithInstallHint("Go: https://go.dev/doc/install").Quiet().AllowAnyExitCode();
        CommandResult ended = await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
        var tally = new TestTally();
        foreach (GoTest test in GoTest.Read(ended.Output, line => LogUnlessNoise(context, line)))
        {
            switch (test.Action)
            {
                case "pass":
                    tally.Passed(test.Elapsed);
                    break;
                case "skip":
                    tally.Skipped();
                    break;
                default:
                    tally.Failed(new TestFailure(test.Name, MessageOf(test.Output), test.Output), test.Elapsed);
                    break;
            }
        }

        TestResults results = tally.ToResults();
        return run.Conclude(command, ended, ended.Succeeded || results.Total > 0 ? results : null, "go test runs functions named Test… in files named …_test.go.", $"go test {Packages}");
    }

    private static void LogUnlessNoise(StageContext context, string line)
    {
        if (line.Length > 0 && !s_noise.Any(start => line.TrimStart().StartsWith(start, StringComparison.Ordinal)))
            context.Log.Output(line);
    }

    private static string MessageOf(string output) =>
        output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .FirstOrDefault(line => !line.StartsWith("=== ", StringComparison.Ordinal) && !line.StartsWith("--- ", StringComparison.Ordinal)) ?? "failed without a message";
}
