using System.Text;

namespace Pipelines.Core.GitOps;

/// <summary>The way to a value of a YAML document: keys with dots between the levels, numbers for the elements of a sequence. A dot or a backslash in a key is written with a backslash before it.</summary>
internal sealed record YamlKeyPath
{
    private YamlKeyPath(string text, IReadOnlyList<string> segments, string setting)
    {
        Text = text;
        Segments = segments;
        Setting = setting;
    }

    /// <summary>The setting that it came from, for advice.</summary>
    public string Setting { get; }

    public string Text { get; }

    public IReadOnlyList<string> Segments { get; }

    /// <exception cref="InvalidUsageException">A level is empty.</exception>
    public static YamlKeyPath Parse(string text, string setting = "manifest.key")
    {
        var segments = new List<string>();
        var segment = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '.' or '\\')
            {
                segment.Append(text[++i]);
            }
            else if (text[i] == '.')
            {
                segments.Add(segment.ToString());
                segment.Clear();
            }
            else
            {
                segment.Append(text[i]);
            }
        }

        segments.Add(segment.ToString());
        if (segments.Contains(""))
            throw new InvalidUsageException($"The key of the manifest's {(setting == "manifest.key" ? "tag" : "digest")} has an empty level.", $"  '{text}'", $@"Set {setting} to keys with dots between the levels, such as {(setting == "manifest.key" ? "image.tag" : "image.digest")}. A dot inside a key is written \.");
        return new YamlKeyPath(text, segments, setting);
    }

    /// <summary>The first levels of the path, as they are written.</summary>
    public string Prefix(int levels) => levels == 0 ? "(the top level)" : string.Join('.', Segments.Take(levels).Select(Escape));

    public override string ToString() => Text;

    private static string Escape(string segment) => segment.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(".", "\\.", StringComparison.Ordinal);
}
