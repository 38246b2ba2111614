using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Pipelines.Core.Stages.Scan;

/// <summary>Reads the list of findings that may pass: each with a reason and the last day it counts.</summary>
internal static class ScanIgnoreFile
{
    private static readonly string[] Keys = ["id", "reason", "expires"];

    /// <summary>Reads a file; a missing one is an empty list.</summary>
    /// <exception cref="InvalidUsageException">It is not of the form; the message names file and line of everything that is wrong.</exception>
    public static IReadOnlyList<ScanIgnoreEntry> Read(string path, string name)
    {
        if (!File.Exists(path))
            return [];
        var errors = new List<string>();
        var entries = new List<ScanIgnoreEntry>();
        foreach (YamlNode node in Items(path, name, errors))
            ReadEntry(node, name, entries, errors);
        return errors.Count == 0 ? entries : throw Invalid(name, errors);
    }

    private static IEnumerable<YamlNode> Items(string path, string name, List<string> errors)
    {
        var stream = new YamlStream();
        try
        {
            using StreamReader reader = File.OpenText(path);
            stream.Load(reader);
        }
        catch (YamlException exception)
        {
            throw Invalid(name, [At(name, exception.Start, exception.InnerException?.Message ?? exception.Message)]);
        }

        if (stream.Documents.Count == 0 || stream.Documents[0].RootNode is YamlScalarNode { Value: null or "" })
            return [];
        if (stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlSequenceNode list)
            return list.Children;
        errors.Add(At(name, stream.Documents[0].RootNode.Start, "the file must be one list of entries, each starting with '- id:'"));
        return [];
    }

    private static void ReadEntry(YamlNode node, string name, List<ScanIgnoreEntry> entries, List<string> errors)
    {
        if (node is not YamlMappingNode mapping)
        {
            errors.Add(At(name, node.Start, "an entry must have 'id', 'reason' and 'expires'"));
            return;
        }

        int before = errors.Count;
        var values = new Dictionary<string, YamlScalarNode>(StringComparer.Ordinal);
        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            string text = (key as YamlScalarNode)?.Value ?? "";
            if (!Keys.Contains(text, StringComparer.Ordinal))
                errors.Add(At(name, key.Start, $"unknown key '{text}'; the keys are {string.Join(", ", Keys)}"));
            else if (value is not YamlScalarNode scalar)
                errors.Add(At(name, value.Start, $"'{text}' must be text"));
            else
                values[text] = scalar;
        }

        string id = Required("id");
        string reason = Required("reason");
        string expires = Required("expires");
        DateOnly date = default;
        if (expires.Length > 0 && !DateOnly.TryParseExact(expires, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date))
            errors.Add(At(name, values["expires"].Start, $"'{expires}' is no date; write it as 2026-12-31"));
        if (id.Length > 0 && entries.FirstOrDefault(entry => entry.Id == id) is { } earlier)
            errors.Add(At(name, mapping.Start, $"'{id}' is in the list twice, the first time in line {earlier.Line}"));
        if (errors.Count == before)
            entries.Add(new ScanIgnoreEntry(id, reason, date, mapping.Start.Line));

        string Required(string key)
        {
            string value = values.GetValueOrDefault(key)?.Value?.Trim() ?? "";
            if (value.Length == 0)
                errors.Add(At(name, values.GetValueOrDefault(key)?.Start ?? mapping.Start, $"the entry{(key == "id" || !values.TryGetValue("id", out YamlScalarNode? known) ? "" : $" '{known.Value}'")} has no '{key}'"));
            return value;
        }
    }

    private static string At(string name, Mark mark, string what) => $"{name}:{mark.Line}:{mark.Column}: {what}";

    private static InvalidUsageException Invalid(string name, IEnumerable<string> errors) =>
        new($"The scan's ignore list '{name}' cannot be used.", string.Join('\n', errors.Select(error => "  " + error)), "Each entry is: - id: CVE-2026-1234, reason: why it does not apply here, expires: 2026-12-31");
}
