using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Pipelines.Core.Stages.Scan;

/// <summary>Reads an ignore list: one YAML list of entries with a fixed set of keys. Everything that is wrong is told in one error.</summary>
internal static class IgnoreFile
{
    /// <summary>Reads a file; a missing one is an empty list.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Its name for messages.</param>
    /// <param name="form">The keys of an entry, how to say what it needs, and an example.</param>
    /// <param name="read">Reads one entry; null after an error.</param>
    /// <exception cref="InvalidUsageException">It is not of the form; the message names file and line of everything that is wrong.</exception>
    public static IReadOnlyList<T> Read<T>(string path, string name, IgnoreFileForm form, Func<IgnoreEntry, IReadOnlyList<T>, T?> read)
        where T : class
    {
        if (!File.Exists(path))
            return [];
        var errors = new List<string>();
        var entries = new List<T>();
        foreach (YamlNode node in Items(path, name, form, errors))
        {
            if (node is not YamlMappingNode mapping)
            {
                errors.Add(At(name, node.Start, $"an entry must have {form.Needs}"));
                continue;
            }

            int before = errors.Count;
            var entry = new IgnoreEntry(name, mapping, form.Keys, errors);
            if (read(entry, entries) is { } one && errors.Count == before)
                entries.Add(one);
        }

        return errors.Count == 0 ? entries : throw Invalid(name, form, errors);
    }

    public static string At(string name, Mark mark, string what) => $"{name}:{mark.Line}:{mark.Column}: {what}";

    private static IEnumerable<YamlNode> Items(string path, string name, IgnoreFileForm form, List<string> errors)
    {
        var stream = new YamlStream();
        try
        {
            using StreamReader reader = File.OpenText(path);
            stream.Load(reader);
        }
        catch (YamlException exception)
        {
            throw Invalid(name, form, [At(name, exception.Start, exception.InnerException?.Message ?? exception.Message)]);
        }

        if (stream.Documents.Count == 0 || stream.Documents[0].RootNode is YamlScalarNode { Value: null or "" })
            return [];
        if (stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlSequenceNode list)
            return list.Children;
        errors.Add(At(name, stream.Documents[0].RootNode.Start, $"the file must be one list of entries, each starting with '- {form.Keys[0]}:'"));
        return [];
    }

    private static InvalidUsageException Invalid(string name, IgnoreFileForm form, IEnumerable<string> errors) =>
        new($"The scan's ignore list '{name}' cannot be used.", string.Join('\n', errors.Select(error => "  " + error)), "Each entry is: " + form.Example);
}
