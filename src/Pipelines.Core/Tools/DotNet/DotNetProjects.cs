using System.Text.RegularExpressions;

namespace Pipelines.Core.Tools.DotNet;

/// <summary>The .NET projects of a service, without the one that is its pipeline.</summary>
internal static partial class DotNetProjects
{
    private const int DeepestFolder = 3;

    private static readonly string[] s_skippedFolders = ["build", "bin", "obj", "node_modules", "packages", "artifacts"];

    /// <summary>The solution or project that shows the service to be .NET, from its root; null where there is none.</summary>
    public static string? FirstOfService(string directory) => ((string?[])[.. Solutions(directory), .. Projects(directory), null])[0];

    /// <summary>The solutions at the root that hold more than the pipeline's project.</summary>
    public static IReadOnlyList<string> Solutions(string directory) =>
    [
        .. Directory.EnumerateFiles(directory, "*.sln*")
            .Where(file => Path.GetExtension(file).ToLowerInvariant() is ".sln" or ".slnx" && HoldsAService(file))
            .Select(file => Path.GetFileName(file))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The projects of the service: not those below <c>build/</c>, and none that is a pipeline.</summary>
    public static IReadOnlyList<string> Projects(string directory) =>
        [.. Find(directory, directory, 0).Order(StringComparer.Ordinal)];

    /// <summary>The projects that hold tests.</summary>
    public static IReadOnlyList<string> TestProjects(string directory) =>
        [.. Projects(directory).Where(project => TestReferencePattern().IsMatch(File.ReadAllText(Path.Combine(directory, project))))];

    private static IEnumerable<string> Find(string root, string folder, int depth)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*.*proj"))
            if (Path.GetExtension(file).ToLowerInvariant() is ".csproj" or ".fsproj" or ".vbproj" && !IsPipeline(file))
                yield return Path.GetRelativePath(root, file).Replace('\\', '/');
        if (depth == DeepestFolder)
            yield break;
        foreach (string child in Directory.EnumerateDirectories(folder))
        {
            string name = Path.GetFileName(child);
            if (name.StartsWith('.') || s_skippedFolders.Contains(name, StringComparer.OrdinalIgnoreCase))
                continue;
            foreach (string file in Find(root, child, depth + 1))
                yield return file;
        }
    }

    private static bool IsPipeline(string project) => PipelineReferencePattern().IsMatch(File.ReadAllText(project));

    private static bool HoldsAService(string solution)
    {
        string directory = Path.GetDirectoryName(solution)!;
        return ProjectPathPattern().Matches(File.ReadAllText(solution))
            .Select(match => match.Groups[1].Value.Replace('\\', '/'))
            .Any(path => !path.StartsWith("build/", StringComparison.OrdinalIgnoreCase) && !(File.Exists(Path.Combine(directory, path)) && IsPipeline(Path.Combine(directory, path))));
    }

    [GeneratedRegex(@"(?:Package|Project)Reference\s+Include\s*=\s*""[^""]*Pipelines\.Templates(?:\.csproj)?""", RegexOptions.IgnoreCase)]
    private static partial Regex PipelineReferencePattern();

    [GeneratedRegex(@"""([^""]+\.(?:cs|fs|vb)proj)""", RegexOptions.IgnoreCase)]
    private static partial Regex ProjectPathPattern();

    [GeneratedRegex(@"Microsoft\.NET\.Test\.Sdk|<IsTestProject>\s*true|MSTest\.Sdk|TUnit|""xunit(\.v3)?""|""NUnit""", RegexOptions.IgnoreCase)]
    private static partial Regex TestReferencePattern();
}
