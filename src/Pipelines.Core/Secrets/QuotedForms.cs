using System.Globalization;
using System.Net;
using System.Text;

namespace Pipelines.Core.Secrets;

/// <summary>A value as JSON, XML, HTML, shells and programming languages quote it.</summary>
internal static class QuotedForms
{
    public static IEnumerable<string> Of(string value)
    {
        string[] json = [.. Json(value).Distinct(StringComparer.Ordinal)];
        return [.. json, .. json.Select(static form => Backslash(form, "\"\\")), .. Markup(value), .. Shells(value), .. Languages(value)]; // the second: JSON within JSON
    }

    /// <summary>JSON (RFC 8259 §7) as common writers print it.</summary>
    private static IEnumerable<string> Json(string value)
    {
        string least = Escape(value, static character => character is '"' or '\\' or < ' ', lowerHex: true);
        yield return least;
        yield return Escape(value, static character => character is '"' or '\\' or < ' ', lowerHex: false);
        foreach (bool lowerHex in (bool[])[false, true]) // JavaScriptEncoder.UnsafeRelaxedJsonEscaping
            yield return Escape(value, static character => character is '"' or '\\' or < ' ' or '\u007F' || char.IsSurrogate(character), lowerHex);
        yield return least.Replace("/", "\\/", StringComparison.Ordinal); // PHP
        yield return Escape(value, static character => character is '"' or '\\' or < ' ' or > '~', lowerHex: true); // Python, which also escapes what is not ASCII
        yield return Escape(value, static character => character is '"' or '\\' or < ' ' or > '~', lowerHex: false);
        yield return Escape(value, static character => character is '"' or '\\' or < ' ' or '<' or '>' or '&' or '\u2028' or '\u2029', lowerHex: true); // Go
        foreach (bool lowerHex in (bool[])[false, true]) // System.Text.Json
            yield return Escape(value, static character => character is '"' or '\\' or < ' ' or > '~' or '<' or '>' or '&' or '\'' or '+' or '`', lowerHex, quoteAsCode: true);
        yield return Escape(value, static character => character is '"' or '\\' or < ' ' or '<' or '>' or '&' or '\'' or '\u0085' or '\u2028' or '\u2029', lowerHex: true, quoteAsCode: true); // Newtonsoft, EscapeHtml
        yield return Escape(value, static character => character is '"' or '\\' or < ' ' or '<' or '>' or '&' or '\'' or '\u0085' or '\u2028' or '\u2029', lowerHex: true); // HttpUtility.JavaScriptStringEncode
    }

    private static string Escape(string value, Func<char, bool> mustEscape, bool lowerHex, bool quoteAsCode = false)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (char character in value)
        {
            string? shortForm = character switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                '\\' => "\\\\",
                '"' when !quoteAsCode => "\\\"",
                _ => null,
            };
            if (!mustEscape(character))
                text.Append(character);
            else if (shortForm is not null)
                text.Append(shortForm);
            else
                text.Append("\\u").Append(((int)character).ToString(lowerHex ? "x4" : "X4", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    /// <summary>XML 1.0 §2.4 and HTML: encoders differ in how they write quotes.</summary>
    private static IEnumerable<string> Markup(string value)
    {
        string text = value.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        foreach (string quote in (string[])["\"", "&quot;", "&#34;", "&#x22;"])
            foreach (string apostrophe in (string[])["'", "&apos;", "&#39;", "&#039;", "&#x27;"])
            {
                string quoted = text.Replace("\"", quote, StringComparison.Ordinal).Replace("'", apostrophe, StringComparison.Ordinal);
                yield return quoted;
                yield return quoted.Replace("\r", "&#xD;", StringComparison.Ordinal).Replace("\n", "&#xA;", StringComparison.Ordinal).Replace("\t", "&#x9;", StringComparison.Ordinal);
            }

        yield return value.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal); // '>' may stand as it is
        yield return WebUtility.HtmlEncode(value);
        yield return text.Replace("\r", "_x000D_", StringComparison.Ordinal).Replace("\n", "_x000A_", StringComparison.Ordinal); // PowerShell's CLIXML, as its error stream is printed
    }

    private static IEnumerable<string> Shells(string value)
    {
        yield return value.Replace("'", "'\\''", StringComparison.Ordinal); // sh, in single quotes
        yield return value.Replace("'", "'\"'\"'", StringComparison.Ordinal); // Python's shlex.quote
        yield return Backslash(value, "\"\\$`"); // sh, in double quotes
        yield return Backslash(value, "\"\\$`!");
        yield return Backslash(value, " \t'\"\\|&;()<>!{}*[]?^$`,"); // bash printf %q
        yield return Backslash(value, " \t'\"\\|&;()<>!{}*[]?^$`");
        yield return Backslash(value, " \t'\"\\|&;()<>!{}*[]?^$`~#="); // zsh, dash tools
        yield return Backslash(value, " ");
        var everything = new StringBuilder(value.Length * 2);
        foreach (char character in value) // perl's quotemeta, the backslash of every character that is no letter or digit
            everything.Append(char.IsAsciiLetterOrDigit(character) || character == '_' || character > '~' ? "" : "\\").Append(character);
        yield return everything.ToString();
        yield return value.Replace("'", "''", StringComparison.Ordinal); // PowerShell, SQL and YAML, in single quotes
        yield return value.Replace("\"", "\"\"", StringComparison.Ordinal); // PowerShell, C# verbatim, CSV
        foreach (string form in PowerShell(value))
            yield return form;
        yield return WindowsArgument(value);
    }

    /// <summary>PowerShell (about_Quoting_Rules, about_Special_Characters): in double quotes, and a bare word.</summary>
    private static IEnumerable<string> PowerShell(string value)
    {
        string inner = Prefix(value, '`', "`$");
        foreach (string quoted in (string[])[inner.Replace("\"", "`\"", StringComparison.Ordinal), inner.Replace("\"", "\"\"", StringComparison.Ordinal)])
        {
            yield return quoted;
            yield return quoted.Replace("\n", "`n", StringComparison.Ordinal).Replace("\r", "`r", StringComparison.Ordinal).Replace("\t", "`t", StringComparison.Ordinal).Replace("\0", "`0", StringComparison.Ordinal);
        }

        yield return Prefix(value, '`', " '\"`$(){}[];,|&<>@#");
        var doubled = new StringBuilder(value.Length + 8);
        foreach (char character in value) // CodeGeneration.EscapeSingleQuotedStringContent doubles what PowerShell takes for a single quote
            doubled.Append(character, character is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B' ? 2 : 1);
        yield return doubled.ToString();
    }

    private static IEnumerable<string> Languages(string value)
    {
        foreach (string quotes in (string[])["\"", "'", "\"'", ""]) // C, C#, Java, Go %q; Python repr; JavaScript; a bare backslash
        {
            string text = Backslash(value, "\\" + quotes)
                .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);
            yield return text;
            yield return text.Replace("\0", "\\0", StringComparison.Ordinal);
            yield return text.Replace("\0", "\\x00", StringComparison.Ordinal);
        }

        foreach (bool lowerHex in (bool[])[false, true]) // C#: a literal with nothing but plain ASCII in it
        {
            yield return Escape(value, static character => character is '"' or '\\' or < ' ' or > '~', lowerHex);
            yield return Escape(value, static character => character is '"' or '\'' or '\\' or < ' ' or > '~', lowerHex).Replace("\\u0000", "\\0", StringComparison.Ordinal);
        }

        yield return Regex(value, "\\*+?|{[()^$.# "); // .NET's Regex.Escape
        yield return Regex(value, "()[]{}?*+-|^$\\.&~# "); // Python's re.escape
    }

    private static string Regex(string value, string characters) => Prefix(value, '\\', characters)
        .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);

    private static string Backslash(string value, string characters) => Prefix(value, '\\', characters);

    private static string Prefix(string value, char prefix, string characters)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (char character in value)
        {
            if (characters.Contains(character, StringComparison.Ordinal))
                text.Append(prefix);
            text.Append(character);
        }

        return text.ToString();
    }

    /// <summary>As Windows programs read their command line: backslashes are doubled only before a quote.</summary>
    private static string WindowsArgument(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        int backslashes = 0;
        foreach (char character in value)
        {
            if (character == '"')
                text.Append('\\', backslashes + 1);
            backslashes = character == '\\' ? backslashes + 1 : 0;
            text.Append(character);
        }

        return text.ToString();
    }
}
