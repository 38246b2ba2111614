namespace Pipelines.Core.Tests.Tools.Trivy;

/// <summary>Outputs of the real Trivy, kept beside the project where the tests are developed.</summary>
public static class RecordedReports
{
    public static string? Folder { get; } = Find();

    public static string Read(string name)
    {
        Assert.SkipWhen(Folder is null, "the recorded Trivy reports (../shared/data/trivy) are not here");
        return File.ReadAllText(Path.Combine(Folder!, name));
    }

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "data", "trivy") is var path && Directory.Exists(path))
                return path;
        return null;
    }
}
