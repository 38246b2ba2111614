namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>Where secrets turn up that must not be seen.</summary>
internal static class Leaks
{
    /// <summary>A line for each place that holds a secret.</summary>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> secrets, string console, IEnumerable<string> commandLines, IEnumerable<string> files)
    {
        var leaks = new List<string>();
        for (int index = 0; index < secrets.Count; index++)
        {
            string secret = secrets[index];
            if (Holds(console))
                leaks.Add($"secret {index} is in the console");
            leaks.AddRange(commandLines.Where(Holds).Select(line => $"secret {index} is in the command line of {line.Split(' ')[0]}"));
            leaks.AddRange(files.Where(file => Holds(File.ReadAllText(file))).Select(file => $"secret {index} is in {Path.GetFileName(file)}"));

            bool Holds(string text) => text.Contains(secret, StringComparison.Ordinal);
        }

        return leaks;
    }
}
