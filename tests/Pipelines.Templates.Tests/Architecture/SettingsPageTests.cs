namespace Pipelines.Templates.Tests.Architecture;

public class SettingsPageTests
{
    [Fact]
    public void SettingsPage_TableIsTheSchema()
    {
        string[] expected = [.. new DeployPipeline("app", "registry.example.com/app", "#channel").Schema.Settings.Select(setting =>
            $"| `{setting.Key}` | {(setting.DefaultText is { } text ? $"`{text}`" : "–")} | {setting.Description} |")];
        string[] page = [.. File.ReadLines(Path.Combine(Root(), "docs", "settings.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        Assert.Equal(expected, page);
    }

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Pipelines.sln")))
                return folder.FullName;
        throw new InvalidOperationException("the tests must run from inside the repository");
    }
}
