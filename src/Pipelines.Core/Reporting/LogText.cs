using System.Text;

namespace Pipelines.Core.Reporting;

/// <summary>Makes what tools print safe to print again: no escape sequence but colours, no control character, nothing that XML or a terminal chokes on.</summary>
internal static class LogText
{
    private const char Replacement = '\uFFFD';

    /// <summary>One line as a terminal would have left it: after a carriage return the last part stands, as progress bars mean it.</summary>
    /// <param name="text">What was printed.</param>
    /// <param name="colors">Whether colour sequences (SGR) stay.</param>
    public static string Line(string text, bool colors = false)
    {
        if (!IsSuspicious(text))
            return text;
        ReadOnlySpan<char> span = text.AsSpan().TrimEnd('\r');
        int carriage = span.LastIndexOf('\r');
        return Clean(carriage < 0 ? span : span[(carriage + 1)..], colors, keepLines: false);
    }

    /// <summary>A text of several lines, its line ends kept as <c>\n</c>.</summary>
    public static string Block(string text) => !IsSuspicious(text) ? text : Clean(text.Replace("\r\n", "\n", StringComparison.Ordinal), colors: false, keepLines: true);

    /// <summary>The text cut to a number of characters, never through a surrogate pair.</summary>
    public static string Cut(string text, int length, string ellipsis = "…")
    {
        if (text.Length <= length)
            return text;
        int end = Math.Max(0, length - ellipsis.Length);
        if (end > 0 && char.IsHighSurrogate(text[end - 1]))
            end--;
        return string.Concat(text.AsSpan(0, end), ellipsis);
    }

    private static string Clean(ReadOnlySpan<char> text, bool colors, bool keepLines)
    {
        var clean = new StringBuilder(text.Length);
        bool colored = false;
        for (int index = 0; index < text.Length; index++)
        {
            char character = text[index];
            if (character == '\u001b')
            {
                int end = EndOfEscape(text, index);
                if (colors && IsColor(text[index..end]))
                {
                    clean.Append(text[index..end]);
                    colored = true;
                }

                index = end - 1;
            }
            else if (char.IsHighSurrogate(character) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
            {
                clean.Append(character).Append(text[++index]);
            }
            else if (char.IsSurrogate(character) || character is '\uFFFE' or '\uFFFF')
            {
                clean.Append(Replacement);
            }
            else if (character is '\n' or '\r' or '\u2028' or '\u2029')
            {
                clean.Append(keepLines ? '\n' : ' ');
            }
            else if (character == '\t' || !IsSuspicious(character))
            {
                clean.Append(character);
            }
        }

        if (colored)
            clean.Append("\u001b[0m"); // a tool that dies in the middle of red must not paint the rest
        return clean.ToString();
    }

    /// <summary>Where an escape sequence ends, by ECMA-48: CSI up to its final byte; OSC, DCS, PM, APC and SOS up to BEL or ST; others a character or two.</summary>
    private static int EndOfEscape(ReadOnlySpan<char> text, int start)
    {
        int index = start + 1;
        if (index >= text.Length)
            return index;
        char kind = text[index++];
        switch (kind)
        {
            case '[':
                while (index < text.Length && text[index] is >= ' ' and <= '?')
                    index++;
                return Math.Min(index + 1, text.Length);
            case ']' or 'P' or 'X' or '^' or '_':
                while (index < text.Length && text[index] != '\a' && text[index] != '\u009c' && !(text[index] == '\u001b' && index + 1 < text.Length && text[index + 1] == '\\'))
                    index++;
                return index >= text.Length ? text.Length : text[index] == '\u001b' ? index + 2 : index + 1;
            case >= ' ' and <= '/':
                return Math.Min(index + 1, text.Length);
            default:
                return index;
        }
    }

    private static bool IsColor(ReadOnlySpan<char> sequence)
    {
        if (sequence.Length < 3 || sequence[1] != '[' || sequence[^1] != 'm')
            return false;
        foreach (char character in sequence[2..^1])
            if (!char.IsAsciiDigit(character) && character is not (';' or ':'))
                return false;
        return true;
    }

    private static bool IsSuspicious(string text)
    {
        foreach (char character in text)
            if (character is < ' ' or > '~' && IsSuspicious(character))
                return true;
        return false;
    }

    /// <summary>C0 but tab, DEL, C1, the two line separators, the bidirectional controls that make text read as something else, surrogates, and what XML 1.0 forbids.</summary>
    private static bool IsSuspicious(char character) => character switch
    {
        '\t' => false,
        < ' ' or >= '\u007f' and <= '\u009f' => true,
        '\u200e' or '\u200f' or >= '\u2028' and <= '\u202e' or >= '\u2066' and <= '\u2069' => true,
        >= '\ud800' and <= '\udfff' or '\ufffe' or '\uffff' => true,
        _ => false,
    };
}
