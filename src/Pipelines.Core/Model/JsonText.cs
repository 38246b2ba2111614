using System.Globalization;
using System.Text;

namespace Pipelines.Core.Model;

/// <summary>Writes JSON (RFC 8259) into a text. Every run writes events, and loading a JSON library for it would take longer than a small run itself.</summary>
internal sealed class JsonText(StringBuilder text, bool indented = false)
{
    private int _depth;
    private bool _first = true;
    private bool _named;

    public void WriteStartObject() => Open('{');

    public void WriteStartObject(string name)
    {
        Name(name);
        Open('{');
    }

    public void WriteEndObject() => Close('}');

    public void WriteStartArray(string name)
    {
        Name(name);
        Open('[');
    }

    public void WriteEndArray() => Close(']');

    public void WriteString(string name, string? value)
    {
        Name(name);
        WriteStringValue(value);
    }

    public void WriteString(string name, DateTimeOffset value) =>
        WriteString(name, value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));

    public void WriteStringValue(string? value)
    {
        Separate();
        if (value is null)
            text.Append("null");
        else
            Quoted(value);
    }

    public void WriteNumber(string name, int value)
    {
        Name(name);
        Separate();
        text.Append(value.ToString(CultureInfo.InvariantCulture));
    }

    public void WriteNumber(string name, double value)
    {
        Name(name);
        Separate();
        text.Append(double.IsFinite(value) ? value.ToString(CultureInfo.InvariantCulture) : "null");
    }

    public void WriteNumber(string name, long value)
    {
        Name(name);
        Separate();
        text.Append(value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Writes a value that is JSON already.</summary>
    public void WriteRaw(string name, string json)
    {
        Name(name);
        Separate();
        text.Append(json);
    }

    /// <summary>Writes a name, whose value comes next.</summary>
    public void WriteName(string name) => Name(name);

    public void WriteStartArray() => Open('[');

    /// <summary>Writes a number, <c>true</c>, <c>false</c> or other JSON as it is.</summary>
    public void WriteRawValue(string json)
    {
        Separate();
        text.Append(json);
    }

    public void WriteBoolean(string name, bool value)
    {
        Name(name);
        Separate();
        text.Append(value ? "true" : "false");
    }

    private void Name(string name)
    {
        Separate();
        Quoted(name);
        text.Append(indented ? ": " : ":");
        _named = true;
    }

    private void Open(char bracket)
    {
        Separate();
        text.Append(bracket);
        _depth++;
        _first = true;
    }

    private void Close(char bracket)
    {
        _depth--;
        if (!_first)
            Line();
        text.Append(bracket);
        _first = false;
    }

    private void Separate()
    {
        if (_named)
        {
            _named = false;
            return;
        }

        if (!_first)
            text.Append(',');
        if (_depth > 0)
            Line();
        _first = false;
    }

    private void Line()
    {
        if (indented)
            text.Append('\n').Append(' ', _depth * 2);
    }

    private void Quoted(string value)
    {
        text.Append('"');
        int start = 0;
        for (int index = 0; index < value.Length; index++)
        {
            char character = value[index];
            if (character is >= ' ' and not ('"' or '\\') and < '\u007f' or > '\u009f' and < '\u2028')
                continue;
            if (char.IsHighSurrogate(character) && index + 1 < value.Length && char.IsLowSurrogate(value[index + 1]))
            {
                index++;
                continue;
            }

            if (character > '\u2029' && !char.IsSurrogate(character))
                continue;
            text.Append(value, start, index - start);
            start = index + 1;
            _ = character switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when char.IsSurrogate(character) => text.Append("\\ufffd"), // half a pair is no text in any encoding
                _ => text.Append("\\u").Append(((int)character).ToString("x4", CultureInfo.InvariantCulture)),
            };
        }

        text.Append(value, start, value.Length - start).Append('"');
    }
}
