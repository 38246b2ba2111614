namespace Pipelines.Core.Tests.Architecture;

/// <summary>The repository's own sources.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find();

    /// <summary>The C# files of a project of <c>src</c>, by their paths from its folder, with <c>/</c>.</summary>
    public static IReadOnlyDictionary<string, string> Files(string project)
    {
        string folder = Path.Combine(Root, "src", project);
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: path, Relative: Path.GetRelativePath(folder, path).Replace('\\', '/')))
            .Where(file => !file.Relative.StartsWith("bin/", StringComparison.Ordinal) && !file.Relative.StartsWith("obj/", StringComparison.Ordinal))
            .ToDictionary(file => file.Relative, file => File.ReadAllText(file.Path), StringComparer.Ordinal);
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Pipelines.sln")))
                return folder.FullName;
        throw new InvalidOperationException("The tests must run from inside the repository: no folder above them holds Pipelines.sln.");
    }
}
