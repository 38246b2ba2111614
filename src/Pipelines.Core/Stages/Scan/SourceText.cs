using Pipelines.Core.Secrets.Detection;

namespace Pipelines.Core.Stages.Scan;

/// <summary>Looks for secrets in one text.</summary>
internal static class SourceText
{
    /// <param name="text">The text.</param>
    /// <param name="file">The file it is of.</param>
    /// <param name="commit">The commit that added it; null for the file itself.</param>
    /// <param name="lines">The line in the file of each line of the text; null where they are the same.</param>
    public static IEnumerable<SourceFinding> Find(string text, string file, string? commit = null, IReadOnlyList<int>? lines = null)
    {
        int line = 1;
        int counted = 0;
        foreach (SecretMatch match in SecretDetector.Find(text, SourceFile.KindOf(file)))
        {
            line += text.AsSpan(counted, match.Start - counted).Count('\n');
            counted = match.Start;
            int column = match.Start - TextLines.StartOf(text, match.Start) + 1;
            string title = match.Rule.Description + (commit is null ? "." : ". It stays in the history when a later commit takes it out.");
            yield return new SourceFinding(match.Rule.Id, title, file, lines is null || line > lines.Count ? line : lines[line - 1], column, match.Fingerprint, match.Preview, commit);
        }
    }
}
