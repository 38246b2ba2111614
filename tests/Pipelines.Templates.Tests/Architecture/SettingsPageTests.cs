namespace Pipelines.Templates.Tests.Architecture;

public class SettingsPageTests
{
    [Fact]
    public void SettingsPage_TableIsTheSchema()
    {
        string[] expected = [.. new DeployPipeline("app", "registry.example.com/app", "#channel").Schema.Settings.Select(setting =>
            $"| `{setting.Key}` | {(setting.DefaultText is { } text ? $"`{text}`" : "–")} | {setting.Description} |")];
        if (Environment.GetEnvironmentVariable("UPDATE_SETTINGS_PAGE") == "1")
            Update(expected);
        string[] page = [.. File.ReadLines(Path.Combine(Root(), "docs", "settings.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        Assert.Equal(expected, page);
    }

    private static void Update(string[] rows)
    {
        string file = Path.Combine(Root(), "docs", "settings.md");
        List<string> lines = [.. File.ReadAllLines(file)];
        int first = lines.FindIndex(line => line.StartsWith("| `", StringComparison.Ordinal));
        lines.RemoveAll(line => line.StartsWith("| `", StringComparison.Ordinal));
        lines.InsertRange(first, rows);
        File.WriteAllLines(file, lines);
    }

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Pipelines.sln")))
                return folder.FullName;
        throw new InvalidOperationException("the tests must run from inside the repository");
    }
}
