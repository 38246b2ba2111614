using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using YamlDotNet.Core;

namespace Pipelines.Core.GitOps;

/// <summary>Writes a value as a YAML scalar, in the style the old one had.</summary>
internal static partial class YamlScalarText
{
    /// <param name="value">The value.</param>
    /// <param name="old">What stands there now.</param>
    /// <param name="oldText">How it is written there.</param>
    public static string Write(string value, YamlNode.Scalar old, string oldText) => old.Style switch
    {
        ScalarStyle.SingleQuoted when !value.Any(char.IsControl) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'",
        ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted => DoubleQuoted(value),
        ScalarStyle.Literal or ScalarStyle.Folded when BlockContent().Match(oldText) is { Success: true } content && !value.Any(char.IsControl) =>
            string.Concat(oldText.AsSpan(0, content.Index), value, oldText.AsSpan(content.Index + content.Length)),
        _ => NeedsQuotes(value) && !(old.IsString && SafePlain().IsMatch(value)) ? DoubleQuoted(value) : value,
    };

    /// <summary>Whether the value, written plainly, would be read as a number, a boolean, a null or a date, by YAML 1.1 (which Helm's and Argo CD's parsers follow) or 1.2, or not at all.</summary>
    public static bool NeedsQuotes(string value) => !SafePlain().IsMatch(value) || OtherType().IsMatch(value);

    /// <summary>Whether a plain value is a null.</summary>
    public static bool IsNull(YamlNode.Scalar scalar) => scalar.Style == ScalarStyle.Plain && !scalar.IsString && scalar.Value is "" or "~" or "null" or "Null" or "NULL";

    private static string DoubleQuoted(string value)
    {
        var text = new StringBuilder("\"");
        foreach (char character in value)
        {
            if (character is '"' or '\\')
                text.Append('\\').Append(character);
            else if (char.IsControl(character) || character is '\u2028' or '\u2029' or '\uFEFF')
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            else
                text.Append(character);
        }

        return text.Append('"').ToString();
    }

    [GeneratedRegex(@"^[A-Za-z0-9_/](?:[A-Za-z0-9_./@+:-]*[A-Za-z0-9_./@+-])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex SafePlain();

    // https://yaml.org/type/ (1.1) and https://yaml.org/spec/1.2.2/#1032-tag-resolution, each a little wider, since parsers differ.
    [GeneratedRegex(
        """
        ^(?:
            [-+]?[0-9][0-9_,]*                                                # integer, octal of 1.1
          | [-+]?0[xX][0-9a-fA-F_]+ | [-+]?0[oO][0-7_]+ | [-+]?0[bB][01_]+
          | [-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)? # float: also 1234567e12
          | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?                  # sixty-based
          | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt].*)?                         # date
          | [-+]?\.?(?:inf|nan|infinity) | null | nil | none
          | y | n | yes | no | on | off | true | false
        )\z
        """,
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex OtherType();

    /// <summary>The content of a block scalar, from its first to its last character that is no white space, after the line with the indicator.</summary>
    [GeneratedRegex(@"(?<=^[|>][^\r\n]*(?:\r\n|\r|\n)\s*)\S(?:.*\S)?", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex BlockContent();
}
