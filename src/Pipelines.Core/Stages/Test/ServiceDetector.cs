using Pipelines.Core.Tools.DotNet;

namespace Pipelines.Core.Stages.Test;

/// <summary>Finds out what a service is written in from the files at its root.</summary>
internal static class ServiceDetector
{
    /// <summary>The setting that decides where the files do not.</summary>
    public const string Setting = "tests.language";

    private static readonly (ServiceLanguage Language, string[] Patterns)[] s_markers =
    [
        (ServiceLanguage.Python, ["pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "requirements*.txt"]),
        (ServiceLanguage.Node, ["package.json"]),
        (ServiceLanguage.Maven, ["pom.xml"]),
        (ServiceLanguage.Gradle, ["build.gradle", "build.gradle.kts"]),
        (ServiceLanguage.Go, ["go.mod"]),
    ];

    private static readonly string[] s_pythonFolders = [".", "tests", "test", "src", "app"];

    /// <summary>The values of the setting.</summary>
    public static string KnownLanguages => string.Join(", ", Enum.GetNames<ServiceLanguage>().Select(name => name.ToLowerInvariant()));

    public static DetectedService Detect(string directory)
    {
        List<DetectedService> found = [];
        foreach ((ServiceLanguage language, string[] patterns) in s_markers)
            if (FirstOf(directory, patterns) is { } file)
                found.Add(new DetectedService(language, file));
        if (DotNetProjects.FirstOfService(directory) is { } project)
            found.Add(new DetectedService(ServiceLanguage.DotNet, project));
        if (found.Count == 0 && FirstPythonFile(directory) is { } script) // weaker than a project file: many services have a script or two
            found.Add(new DetectedService(ServiceLanguage.Python, script));

        return found.Count switch
        {
            1 => found[0],
            0 => throw NothingFound(directory),
            _ => throw Ambiguous(found),
        };
    }

    private static string? FirstOf(string directory, string[] patterns) =>
        patterns.SelectMany(pattern => Directory.EnumerateFiles(directory, pattern)).Select(Path.GetFileName).Order(StringComparer.Ordinal).FirstOrDefault();

    private static string? FirstPythonFile(string directory) =>
        s_pythonFolders
            .Select(folder => Path.Combine(directory, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.py").Order(StringComparer.Ordinal))
            .Select(file => Path.GetRelativePath(directory, file).Replace('\\', '/'))
            .FirstOrDefault();

    private static InvalidUsageException NothingFound(string directory) => new(
        "No tests can be run: what the service is written in was not recognised.",
        $"""
        Looked in {directory} for:
          Python  pyproject.toml, setup.py, setup.cfg, Pipfile, requirements*.txt, *.py
          Node    package.json
          .NET    *.sln, *.slnx, *.csproj (not the pipeline's own project)
          Maven   pom.xml
          Gradle  build.gradle, build.gradle.kts
          Go      go.mod
        """,
        $"Run the pipeline from the service's root, or set {Setting} to one of: {KnownLanguages}.");

    private static InvalidUsageException Ambiguous(List<DetectedService> found) => new(
        "Which tests to run is ambiguous: the service could be written in more than one language.",
        string.Join('\n', found.Select(service => $"  {service.Language,-7} because of {service.Evidence}")),
        $"Set {Setting} to one of: {string.Join(", ", found.Select(service => service.Language.ToString().ToLowerInvariant()))}.");
}
