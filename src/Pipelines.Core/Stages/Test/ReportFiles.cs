namespace Pipelines.Core.Stages.Test;

/// <summary>The JUnit files that build tools leave in each module's own output folder.</summary>
internal static class ReportFiles
{
    private const int DeepestModule = 6;

    /// <summary>The reports in folders that are named so in any module, such as <c>target/surefire-reports</c>.</summary>
    public static IReadOnlyList<string> Find(string root, params IReadOnlyList<string> folders) => [.. folders.SelectMany(folder => FindIn(root, folder, 0))];

    private static IEnumerable<string> FindIn(string module, string folder, int depth)
    {
        string reports = Path.Combine(module, folder);
        if (Directory.Exists(reports))
            foreach (string file in Directory.EnumerateFiles(reports, "TEST-*.xml"))
                yield return file;
        if (depth == DeepestModule)
            yield break;
        foreach (string child in Directory.EnumerateDirectories(module))
        {
            string name = Path.GetFileName(child);
            if (name.StartsWith('.') || name is "target" or "build" or "node_modules" or "src")
                continue;
            foreach (string file in FindIn(child, folder, depth + 1))
                yield return file;
        }
    }
}
