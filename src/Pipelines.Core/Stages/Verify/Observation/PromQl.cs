using System.Text;
using Pipelines.Core.Model;

namespace Pipelines.Core.Stages.Verify.Observation;

/// <summary>Placeholders in a PromQL query. They stand in quoted strings only, so that a value stays a value whatever is in it (https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals).</summary>
internal static class PromQl
{
    public static readonly IReadOnlyList<string> Placeholders = ["app", "environment", "tag", "revision"];

    private const string RegexCharacters = @"\.+*?()|[]{}^$"; // RE2's, https://github.com/google/re2/wiki/Syntax

    /// <summary>Finds what is wrong with the placeholders before anything runs.</summary>
    /// <returns>The placeholders that the query has.</returns>
    /// <exception cref="InvalidUsageException">One is unknown or outside quotes, or a string has no end.</exception>
    public static IReadOnlySet<string> Check(string metric, string query)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        Walk(metric, query, (name, _, _) =>
        {
            found.Add(name);
            return "";
        });
        return found;
    }

    /// <summary>Fills in the values, escaped for the string they stand in and, behind <c>=~</c> and <c>!~</c>, for the regular expression.</summary>
    public static string Fill(string metric, string query, IReadOnlyDictionary<string, string> values) => Walk(metric, query, (name, quote, isRegex) =>
    {
        string value = values[name];
        if (isRegex)
            value = Escaped(value, RegexCharacters);
        if (quote != '`')
            return Escaped(value, "\\" + quote).ReplaceLineEndings("\\n");
        return value.Contains('`', StringComparison.Ordinal)
            ? throw new InvalidUsageException($"The query of '{metric}' cannot take the {name}: it has a backtick in it, and stands in a string of backticks.", "  " + query, "Put the placeholder into double quotes.")
            : value;
    });

    private static string Walk(string metric, string query, Func<string, char, bool, string> fill)
    {
        var text = new StringBuilder(query.Length + 64);
        char quote = '\0';
        bool isRegex = false, isComment = false;
        for (int index = 0; index < query.Length; index++)
        {
            char character = query[index];
            if (isComment)
            {
                isComment = character != '\n';
            }
            else if (quote == '\0')
            {
                if (character == '#')
                    isComment = true;
                else if (character is '"' or '\'' or '`')
                    (quote, isRegex) = (character, text.ToString().AsSpan().TrimEnd() is [.., '=' or '!', '~']);
                else if (Placeholder(query, index) is { } outside && Placeholders.Contains(outside))
                    throw Wrong(metric, query, $"{{{outside}}} stands outside quotes", $"Put it into a string, such as app=\"{{{outside}}}\".");
            }
            else if (character == '\\' && quote != '`' && index + 1 < query.Length)
            {
                text.Append(character).Append(query[++index]);
                continue;
            }
            else if (character == quote)
            {
                quote = '\0';
            }
            else if (Placeholder(query, index) is { } name)
            {
                if (!Placeholders.Contains(name))
                    throw Wrong(metric, query, $"{{{name}}} is unknown", $"{NearestName.Suggestion(name, Placeholders).TrimStart()} The placeholders are {{{string.Join("}, {", Placeholders)}}}.".TrimStart());
                text.Append(fill(name, quote, isRegex));
                index += name.Length + 1;
                continue;
            }

            text.Append(character);
        }

        return quote == '\0' ? text.ToString() : throw Wrong(metric, query, $"a string that begins with {quote} has no end", "Close it.");
    }

    /// <summary>The word between braces that begin here; null where it is none. A regular expression's <c>{2,3}</c> and <c>\p{Greek}</c> are none.</summary>
    private static string? Placeholder(string query, int index)
    {
        if (query[index] != '{')
            return null;
        int end = index + 1;
        while (end < query.Length && char.IsAsciiLetterLower(query[end]))
            end++;
        return end > index + 1 && end < query.Length && query[end] == '}' ? query[(index + 1)..end] : null;
    }

    private static string Escaped(string value, string characters)
    {
        if (value.AsSpan().IndexOfAny(characters) < 0)
            return value;
        var text = new StringBuilder(value.Length + 8);
        foreach (char character in value)
            text.Append(characters.Contains(character, StringComparison.Ordinal) ? "\\" : "").Append(character);
        return text.ToString();
    }

    private static InvalidUsageException Wrong(string metric, string query, string what, string advice) => new($"The query of the metric '{metric}' is not usable: {what}.", "  " + query, advice);
}
