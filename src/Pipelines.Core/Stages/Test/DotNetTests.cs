using System.Text.Json;
using Pipelines.Core.Stages.Test;
using Pipelines.Core.Tools.DotNet;

namespace Pipelines.Core;

/// <summary>Runs <c>dotnet test</c>: with VSTest, or with Microsoft.Testing.Platform where <c>global.json</c> says so. The pipeline's own project is left alone.</summary>
public sealed record DotNetTests : IStage<TestResults>, IDescribedStage
{
    private const int NoTestsRan = 8; // https://learn.microsoft.com/dotnet/core/testing/microsoft-testing-platform-exit-codes

    private const string InstallHint = "the .NET SDK: https://dotnet.microsoft.com/download";

    /// <summary>The solution or project to test, from the service's root.</summary>
    /// <value>null: the solution at the root, else every project that holds tests</value>
    public string? Project { get; init; }

    /// <summary>The configuration.</summary>
    /// <value>Release</value>
    public string Configuration { get; init; } = "Release";

    /// <summary>Whether what an earlier stage built is tested as it is.</summary>
    /// <value>false</value>
    public bool NoBuild { get; init; }

    /// <inheritdoc/>
    public string Description => $"dotnet test{(Project is null ? "" : " " + Project)}";

    /// <inheritdoc/>
    /// <exception cref="TestsFailedException">Tests failed.</exception>
    /// <exception cref="NoTestsFoundException">There is no test.</exception>
    /// <exception cref="ToolNotFoundException">The .NET SDK is missing.</exception>
    public async Task<TestResults> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        string directory = context.Run.Directory;
        IReadOnlyList<string> targets = Targets(directory);
        var run = new TestRun(context);
        bool isPlatform = UsesTestingPlatform(directory);
        Command? command = null;
        CommandResult? worst = null;
        TestResults? results = null;
        foreach (string target in targets)
        {
            command = new Command("dotnet", ["test", .. TargetArguments(target, isPlatform), "--configuration", Configuration, .. NoBuild ? ["--no-build"] : Array.Empty<string>(), .. isPlatform ? Array.Empty<string>() : ["--logger", "trx", "--results-directory", run.Folder]])
                .WithEnvironment("DOTNET_NOLOGO", "1").WithEnvironment("DOTNET_CLI_UI_LANGUAGE", "en").WithInstallHint(InstallHint).AllowAnyExitCode();
            CommandResult ended = await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
            if (isPlatform)
                results = TestingPlatformSummary.Add(results, ended.Output);
            if (worst is null || worst.Succeeded)
                worst = ended;
        }

        if (!isPlatform)
            results = TestRun.Read(Directory.GetFiles(run.Folder, "*.trx", SearchOption.AllDirectories), TrxReport.AddTo);
        if (isPlatform && worst!.ExitCode == NoTestsRan)
            worst = worst with { ExitCode = 0 }; // then the counts decide
        return run.Conclude(command!, worst!, results, "dotnet test runs the projects that reference a test framework: add one, or name the project with DotNetTests.Project.", $"dotnet test {targets[0]}");
    }

    private static string[] TargetArguments(string target, bool isPlatform)
    {
        if (!isPlatform)
            return [target];
        return [Path.GetExtension(target).StartsWith(".sln", StringComparison.OrdinalIgnoreCase) ? "--solution" : "--project", target];
    }

    private IReadOnlyList<string> Targets(string directory)
    {
        if (Project is not null)
            return Path.Exists(Path.GetFullPath(Project, directory)) ? [Project] : throw new NoTestsFoundException($"There are no tests: '{Project}' does not exist.", $"  {Path.GetFullPath(Project, directory)}", "Correct DotNetTests.Project.");
        IReadOnlyList<string> solutions = DotNetProjects.Solutions(directory);
        if (solutions.Count == 1)
            return solutions;
        if (solutions.Count > 1)
            throw new InvalidUsageException("Which solution to test is ambiguous.", string.Join('\n', solutions.Select(solution => "  " + solution)), "Name one with DotNetTests.Project.");
        IReadOnlyList<string> projects = DotNetProjects.TestProjects(directory);
        return projects.Count > 0 ? projects : throw new NoTestsFoundException("There are no tests: no project references a test framework.", string.Join('\n', DotNetProjects.Projects(directory).Select(project => "  " + project)), "Add a test project ('dotnet new xunit -o tests'), or name it with DotNetTests.Project.");
    }

    /// <summary>https://learn.microsoft.com/dotnet/core/testing/unit-testing-with-dotnet-test: the runner is chosen in <c>global.json</c>.</summary>
    private static bool UsesTestingPlatform(string directory)
    {
        for (DirectoryInfo? folder = new(directory); folder is not null; folder = folder.Parent)
        {
            string file = Path.Combine(folder.FullName, "global.json");
            if (!File.Exists(file))
                continue;
            try
            {
                using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
                return document.RootElement.TryGetProperty("test", out JsonElement test) && test.TryGetProperty("runner", out JsonElement runner) && runner.GetString() == "Microsoft.Testing.Platform";
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                return false; // dotnet itself says what is wrong with it
            }
        }

        return false;
    }
}
