using System.Text;
using System.Text.RegularExpressions;

namespace Pipelines.Core.Stages.Image;

/// <summary>The text of a Dockerfile (<see href="https://docs.docker.com/reference/dockerfile/"/>): instructions over several lines, comments, here-documents, variables.</summary>
internal static partial class DockerfileText
{
    /// <summary>Each instruction in upper case with what follows it.</summary>
    public static IEnumerable<(string Name, string Operands)> Instructions(string text)
    {
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        var joined = new StringBuilder();
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.StartsWith('#') || (line.Length == 0 && joined.Length == 0))
                continue;
            if (line.EndsWith('\\'))
            {
                joined.Append(line, 0, line.Length - 1).Append(' ');
                continue;
            }

            string instruction = joined.Append(line).ToString().Trim();
            joined.Clear();
            i = SkipHereDocuments(instruction, lines, i);
            int space = instruction.IndexOfAny([' ', '\t']);
            if (space > 0)
                yield return (instruction[..space].ToUpperInvariant(), instruction[(space + 1)..].Trim());
        }
    }

    /// <summary><c>NAME=value NAME2="other value"</c>, or the old form <c>NAME value</c>.</summary>
    public static IEnumerable<(string Name, string Value)> Pairs(string rest, IReadOnlyDictionary<string, string> variables)
    {
        int equals = rest.IndexOf('=', StringComparison.Ordinal);
        int space = rest.IndexOfAny([' ', '\t']);
        if (equals < 0 || (space >= 0 && space < equals))
        {
            if (space > 0)
                yield return (rest[..space], Substitute(rest[space..].Trim(), variables));
            yield break;
        }

        foreach (Match match in Pair().Matches(rest))
        {
            string value = match.Groups["value"].Value;
            bool literal = value.StartsWith('\'');
            value = Unquote(value);
            yield return (Unquote(match.Groups["name"].Value), literal ? value : Substitute(value, variables));
        }
    }

    /// <summary><c>$NAME</c>, <c>${NAME}</c>, <c>${NAME:-default}</c>. An unknown name is empty, as docker has it.</summary>
    public static string Substitute(string text, IReadOnlyDictionary<string, string> variables) =>
        Variable().Replace(text, match => variables.TryGetValue(match.Groups["name"].Value, out string? value) && value.Length > 0 ? value : match.Groups["default"].Value);

    private static int SkipHereDocuments(string instruction, string[] lines, int index)
    {
        foreach (Match match in HereDocument().Matches(instruction))
        {
            string end = match.Groups["end"].Value;
            do
                index++;
            while (index < lines.Length && lines[index].Trim() != end);
        }

        return index;
    }

    private static string Unquote(string value) =>
        value.Length >= 2 && (value[0] is '"' or '\'') && value[^1] == value[0] ? value[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal) : value.Replace("\\ ", " ", StringComparison.Ordinal);

    [GeneratedRegex("""(?<name>"[^"]*"|[^\s=]+)=(?<value>"(?:\\.|[^"\\])*"|'[^']*'|(?:\\.|[^\s\\])*)""", RegexOptions.CultureInvariant)]
    private static partial Regex Pair();

    [GeneratedRegex(@"(?<!\\)\$(?:\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::?-(?<default>[^}]*))?\}|(?<name>[A-Za-z_][A-Za-z0-9_]*))", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex(@"<<-?[""']?(?<end>[A-Za-z_][A-Za-z0-9_]*)[""']?", RegexOptions.CultureInvariant)]
    private static partial Regex HereDocument();
}
