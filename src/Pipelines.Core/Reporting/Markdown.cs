using System.Text;

namespace Pipelines.Core.Reporting;

/// <summary>Text in GitHub-flavoured Markdown that stays text: no markup, no HTML, no mention, no table cell too many.</summary>
internal static class Markdown
{
    /// <summary>One line, fit for a table cell.</summary>
    public static string Line(string text)
    {
        string clean = LogText.Block(text);
        var safe = new StringBuilder(clean.Length + 16);
        foreach (char character in clean)
        {
            _ = character switch
            {
                '\n' => safe.Append(' '),
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),
                '&' => safe.Append("&amp;"),
                '|' => safe.Append("&#124;"),
                '@' => safe.Append("&#64;"),
                '\\' or '`' or '*' or '_' or '[' or ']' or '#' or '~' or '!' => safe.Append('\\').Append(character),
                _ => safe.Append(character),
            };
        }

        return safe.ToString();
    }

    /// <summary>One line in a code span, fit for a table cell. HTML's element is used because a pipe in backticks still splits a cell.</summary>
    public static string Code(string text) => $"<code>{Line(text)}</code>";

    /// <summary>Several lines as they are, in a fence longer than any run of backticks inside.</summary>
    public static string Fenced(string text)
    {
        int longest = 2, run = 0;
        foreach (char character in text)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        string fence = new('`', longest + 1);
        return $"{fence}text\n{text}\n{fence}\n";
    }

    public static string Address(Uri address) => address.AbsoluteUri.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal);
}
