using YamlDotNet.Core;

namespace Pipelines.Core.GitOps;

/// <summary>Reads and sets one scalar of a YAML file. All other bytes stay as they are: the value's place comes from the parser, and only its text is replaced.</summary>
internal sealed class YamlScalarEdit
{
    private readonly YamlFile _file;
    private readonly YamlKeyPath _path;
    private readonly YamlNode.Scalar _scalar;

    private YamlScalarEdit(YamlFile file, YamlKeyPath path, YamlNode.Scalar scalar)
    {
        _file = file;
        _path = path;
        _scalar = scalar;
    }

    /// <summary>The value; null where it is empty. A block scalar's last line ends do not count.</summary>
    public string? Value => YamlScalarText.IsNull(_scalar) ? null : IsBlock(_scalar) ? _scalar.Value.Trim('\n') is { Length: > 0 } text ? text : null : _scalar.Value.Length == 0 ? null : _scalar.Value;

    /// <summary>The value as it is written, quotes included.</summary>
    public string RawText => _file.Text[_scalar.From.._scalar.To];

    public long Line => _scalar.Start.Line;

    public long Column => _scalar.Start.Column;

    /// <param name="name">The file's name, for errors.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="path">The way to the value.</param>
    /// <exception cref="ManifestFileException">The file cannot be read, or does not hold one such value.</exception>
    public static YamlScalarEdit Open(string name, byte[] bytes, YamlKeyPath path)
    {
        YamlFile file = YamlFile.Read(name, bytes);
        return new YamlScalarEdit(file, path, new YamlValueFinder(file, path).Find());
    }

    /// <summary>The file with another value.</summary>
    /// <returns>The new bytes; the same as the old ones where the value is already that string.</returns>
    /// <exception cref="ManifestFileException">The value is written in a way that cannot be replaced safely.</exception>
    public byte[] Set(string value)
    {
        bool readAsString = _scalar.Style != ScalarStyle.Plain || _scalar.IsString || !YamlScalarText.NeedsQuotes(value);
        return Value == value && readAsString ? YamlFile.Encode(_file.Text) : Splice(YamlScalarText.Write(value, _scalar, RawText), value);
    }

    /// <summary>The file with the value written as it stood in an earlier version of the file.</summary>
    public byte[] SetAsIn(YamlScalarEdit earlier) => Splice(earlier.RawText, earlier._scalar.Value);

    private byte[] Splice(string raw, string value)
    {
        int from = _scalar.From;
        if (raw.Length == 0)
        {
            while (from > 0 && _file.Text[from - 1] == ' ' && !_file.Text.AsSpan(0, from).TrimEnd(' ').EndsWith("-"))
                from--; // the space that came with the value goes with it
        }
        else if (_scalar.From == _scalar.To && from > 0 && _file.Text[from - 1] is not (' ' or '\t' or '\n' or '\r'))
        {
            raw = " " + raw; // an empty value ends at its colon
        }

        string text = string.Concat(_file.Text.AsSpan(0, from), raw, _file.Text.AsSpan(_scalar.To));
        Verify(text, value);
        return YamlFile.Encode(text);
    }

    /// <summary>The new text must say what the old one says, but for the one value. This holds for any layout that was not thought of.</summary>
    private void Verify(string text, string value)
    {
        try
        {
            YamlFile changed = YamlFile.Parse(_file.Name, text);
            if (changed.Events.Count == _file.Events.Count
                && new YamlValueFinder(changed, _path).Find() is { } scalar
                && scalar.EventIndex == _scalar.EventIndex
                && (scalar.Value == value || (IsBlock(scalar) && scalar.Value.Trim('\n') == value.Trim('\n')))
                && !changed.Events.Where((text, index) => index != scalar.EventIndex && text != _file.Events[index]).Any())
            {
                return;
            }
        }
        catch (ManifestFileException)
        {
            // Told below: it is our edit that made it invalid, not the file.
        }

        throw new ManifestFileException(
            $"'{_path}' in '{_file.Name}' is written in a way that cannot be edited safely.",
            _file.Name,
            Line,
            Column,
            null,
            "Write it once in the manifest repository as a simple value on the line of its key, such as tag: \"1.0\".");
    }

    private static bool IsBlock(YamlNode.Scalar scalar) => scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded;
}
