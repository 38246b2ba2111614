using Pipelines.Core.Stages.Test;

namespace Pipelines.Core;

/// <summary>Finds out what the service is written in, and runs its tests.</summary>
public sealed record ServiceTests : IStage<TestResults>, IDescribedStage
{
    private readonly double? _minimumCoverage;

    /// <summary>What the service is written in.</summary>
    /// <value>null: found out from its files</value>
    public ServiceLanguage? Language { get; init; }

    /// <summary>The share of lines the tests must cover, from 0 to 1. For Python, where pytest-cov is installed; other languages have floors of their own in their build files.</summary>
    /// <value>null: no floor</value>
    /// <exception cref="ArgumentOutOfRangeException">It is less than 0 or more than 1.</exception>
    public double? MinimumCoverage { get => _minimumCoverage; init => _minimumCoverage = MinimumCoverageRange.Check(value); }

    /// <inheritdoc/>
    public string Description => Language is { } language ? $"the service's tests ({language})" : "the service's tests, in the language its files tell";

    /// <inheritdoc/>
    /// <exception cref="InvalidUsageException">The language is not recognised, or ambiguous.</exception>
    /// <exception cref="TestsFailedException">Tests failed.</exception>
    /// <exception cref="NoTestsFoundException">There is no test.</exception>
    /// <exception cref="ToolNotFoundException">The service's own tools are missing, and the run is live; the sandbox warns and goes on.</exception>
    public Task<TestResults> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ServiceLanguage language;
        if (Language is { } given)
        {
            language = given;
        }
        else
        {
            DetectedService found = ServiceDetector.Detect(context.Run.Directory);
            context.Log.Info($"The service is {found.Language}, because of {found.Evidence}.");
            language = found.Language;
        }

        if (MinimumCoverage is not null && language != ServiceLanguage.Python)
            context.Log.Warning($"MinimumCoverage is not checked for {language}: put the floor into the service's own build file.");
        IStage<TestResults> stage = language switch
        {
            ServiceLanguage.Python => new PythonTests { MinimumCoverage = MinimumCoverage },
            ServiceLanguage.Node => new NodeTests(),
            ServiceLanguage.DotNet => new DotNetTests(),
            ServiceLanguage.Maven => new MavenTests(),
            ServiceLanguage.Gradle => new GradleTests(),
            ServiceLanguage.Go => new GoTests(),
            _ => throw new InvalidUsageException($"There is no language '{language}'.", null, $"Known are: {ServiceDetector.KnownLanguages}."),
        };
        return context.Run.Mode == RunMode.Sandbox ? RunInSandboxAsync(stage, context, cancellationToken) : stage.RunAsync(context, cancellationToken);
    }

    /// <summary>The sandbox runs on a machine with the .NET SDK and git alone: where the service's own tools are missing, it goes on and says so.</summary>
    private static async Task<TestResults> RunInSandboxAsync(IStage<TestResults> stage, StageContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await stage.RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (ToolNotFoundException missing)
        {
            context.Log.Warning($"The tests did NOT run, which only the sandbox lets pass: {missing.Message}");
            context.Report("tests", $"not run: '{missing.Program}' is not installed (sandbox)");
            return new TestResults(0, 0, 0, TimeSpan.Zero, []);
        }
    }
}
