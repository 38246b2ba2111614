using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Pipelines.Core.Stages.Scan;

/// <summary>One entry of an ignore list as it stands in the file. What is wrong with it is collected, with file, line and column.</summary>
internal sealed class IgnoreEntry
{
    private readonly string _file;
    private readonly Mark _start;
    private readonly List<string> _errors;
    private readonly Dictionary<string, YamlScalarNode> _values = new(StringComparer.Ordinal);

    public IgnoreEntry(string file, YamlMappingNode mapping, IReadOnlyList<string> keys, List<string> errors)
    {
        (_file, _start, _errors) = (file, mapping.Start, errors);
        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            string text = (key as YamlScalarNode)?.Value ?? "";
            if (!keys.Contains(text, StringComparer.Ordinal))
                Error(key.Start, $"unknown key '{text}'; the keys are {string.Join(", ", keys)}");
            else if (value is not YamlScalarNode scalar)
                Error(value.Start, $"'{text}' must be text");
            else
                _values[text] = scalar;
        }
    }

    /// <summary>Where it stands in the file.</summary>
    public long Line => _start.Line;

    /// <summary>The value of a key; null where it is not there or empty.</summary>
    public string? Optional(string key) => _values.GetValueOrDefault(key)?.Value?.Trim() is { Length: > 0 } value ? value : null;

    /// <summary>The value of a key that must be there; empty after an error.</summary>
    /// <param name="key">The key.</param>
    /// <param name="nameKey">The key that names the entry in the error.</param>
    public string Required(string key, string nameKey)
    {
        if (Optional(key) is { } value)
            return value;
        string which = key != nameKey && _values.TryGetValue(nameKey, out YamlScalarNode? known) ? $" '{known.Value}'" : "";
        Error(_values.GetValueOrDefault(key)?.Start ?? _start, $"the entry{which} has no '{key}'");
        return "";
    }

    /// <summary>A day; null where it is not there, or after an error.</summary>
    public DateOnly? Date(string key)
    {
        if (Optional(key) is not { } text)
            return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
            return date;
        Error(key, $"'{text}' is no date; write it as 2026-12-31");
        return null;
    }

    /// <summary>Something is wrong with the value of a key, or with the whole entry where it has no such key.</summary>
    public void Error(string key, string what) => Error(_values.GetValueOrDefault(key)?.Start ?? _start, what);

    private void Error(Mark mark, string what) => _errors.Add(IgnoreFile.At(_file, mark, what));
}
