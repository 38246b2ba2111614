namespace Pipelines.Core.Cli;

/// <summary>Finds the root of the service: <c>--directory</c>, or the folder above the script's project where that is called <c>build</c>, or the current folder.</summary>
internal static class ServiceDirectory
{
    private const string ProjectFolder = "build";

    public static string Find(string? given, string currentDirectory, string baseDirectory)
    {
        if (given is not null)
        {
            string path = Path.GetFullPath(given, currentDirectory);
            return Directory.Exists(path) ? path : throw new InvalidUsageException($"--directory: there is no folder '{path}'.", null, "Give the root of the service: where its Dockerfile is.");
        }

        return Project(baseDirectory)?.Parent?.FullName ?? currentDirectory;
    }

    /// <summary>The script's own build outputs, which are no change of the service.</summary>
    public static IReadOnlyList<string> BuildOutputs(string serviceDirectory) =>
        [Path.Combine(serviceDirectory, ProjectFolder, "bin"), Path.Combine(serviceDirectory, ProjectFolder, "obj")];

    /// <summary>The project's folder above <c>bin/Debug/net10.0</c>, if it is called <c>build</c>.</summary>
    private static DirectoryInfo? Project(string baseDirectory)
    {
        for (DirectoryInfo? folder = new(baseDirectory); folder is not null; folder = folder.Parent)
            if (folder.EnumerateFiles("*.csproj").Any())
                return string.Equals(folder.Name, ProjectFolder, StringComparison.OrdinalIgnoreCase) ? folder : null;
        return null;
    }
}
