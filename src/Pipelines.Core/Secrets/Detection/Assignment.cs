namespace Pipelines.Core.Secrets.Detection;

/// <summary>A name and the value it is given, in any of the forms that programs and configuration have: <c>name = "value"</c>, <c>"name": "value"</c>, <c>NAME=value</c>, <c>&lt;name&gt;value&lt;/name&gt;</c>.</summary>
internal sealed class Assignment
{
    private const int LongestName = 80;
    private const int LongestValue = 400;

    private Assignment(string name, int start, int length, bool isQuoted)
    {
        Name = name;
        Start = start;
        Length = length;
        IsQuoted = isQuoted;
    }

    public string Name { get; }

    /// <summary>Where the value starts, without its quotes.</summary>
    public int Start { get; }

    public int Length { get; }

    public bool IsQuoted { get; }

    /// <summary>The assignment whose name has a character at this place; null where the text there is none.</summary>
    public static Assignment? At(string text, int index)
    {
        int start = index;
        while (start > 0 && index - start < LongestName && IsName(text[start - 1]))
            start--;
        int end = index;
        while (end < text.Length && end - index < LongestName && IsName(text[end]))
            end++;
        string name = text.Substring(start, end - start);
        int at = SkipQuote(text, end);
        if (at < text.Length && text[at] == '>' && start > 0 && text[start - 1] == '<')
            return Element(text, name, at + 1);
        at = SkipSpaces(text, at);
        return Operator(text, ref at) ? Value(text, name, SkipSpaces(text, at)) : null;
    }

    private static Assignment? Value(string text, string name, int at)
    {
        int quote = at;
        while (quote < text.Length && quote < at + 2 && text[quote] is '@' or '$' or 'b' or 'r' or 'f' or 'u')
            quote++; // the marks of verbatim, raw and other literals
        if (quote < text.Length && text[quote] == '\\')
            quote++;
        if (quote < text.Length && text[quote] is '"' or '\'' or '`')
        {
            int start = quote + 1;
            int end = start;
            while (end < text.Length && text[end] != text[quote] && text[end] is not ('\n' or '\r') && end - start <= LongestValue)
                end += text[end] == '\\' && end + 1 < text.Length && text[end + 1] != text[quote] ? 2 : 1;
            return end < text.Length && text[end] == text[quote] ? new Assignment(name, start, (text[end - 1] == '\\' ? end - 1 : end) - start, isQuoted: true) : null;
        }

        int stop = at;
        while (stop < text.Length && stop - at <= LongestValue && text[stop] > ' ' && text[stop] is not (';' or ',' or '"' or '\'' or '`' or '<' or '&' or '\\'))
            stop++;
        return stop > at && stop - at <= LongestValue ? new Assignment(name, at, stop - at, isQuoted: false) : null;
    }

    private static Assignment? Element(string text, string name, int start)
    {
        int end = text.IndexOf('<', start, Math.Min(LongestValue, text.Length - start));
        return end > start ? new Assignment(name, start, end - start, isQuoted: true) : null;
    }

    /// <summary><c>=</c>, <c>:</c>, <c>:=</c>, <c>=&gt;</c>, and the type that may stand before the <c>=</c>; no comparison.</summary>
    private static bool Operator(string text, ref int at)
    {
        if (at >= text.Length || text[at] is not ('=' or ':'))
            return false;
        bool isColon = text[at++] == ':';
        if (at < text.Length && text[at] is '=' or '>' or ':' or '~')
        {
            if (text[at] is ':' or '~' || (!isColon && text[at] == '='))
                return false;
            at++;
            return true;
        }

        if (isColon)
        {
            int type = SkipSpaces(text, at);
            int end = type;
            while (end < text.Length && (CharacterSet.Word.Has(text[end]) || text[end] == '?'))
                end++;
            int equals = SkipSpaces(text, end);
            if (end > type && equals + 1 < text.Length && text[equals] == '=' && text[equals + 1] != '=')
                at = equals + 1;
        }

        return true;
    }

    private static int SkipQuote(string text, int at)
    {
        if (at < text.Length && text[at] == '\\')
            at++;
        if (at < text.Length && text[at] is '"' or '\'' or '`')
            at++;
        return at < text.Length && text[at] == ']' ? at + 1 : at;
    }

    private static int SkipSpaces(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
            at++;
        return at;
    }

    private static bool IsName(char character) => CharacterSet.Word.Has(character) || character is '-' or '.';
}
