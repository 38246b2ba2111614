using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Pipelines.Core.Cli.Settings;

/// <summary>Reads <c>pipeline.yaml</c>: nested mappings become dotted keys.</summary>
internal static class SettingsFile
{
    public static IReadOnlyList<Entry> Read(string file, List<string> errors)
    {
        var entries = new List<Entry>();
        try
        {
            using StreamReader text = File.OpenText(file);
            var parser = new Parser(text);
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
                return entries; // an empty file
            parser.Consume<DocumentStart>();
            if (parser.Accept<MappingStart>(out _))
                ReadMapping(parser, "", entries, errors);
            else if (!parser.TryConsume<Scalar>(out Scalar? scalar) || scalar.Value.Length > 0)
                errors.Add($"{SettingsLoader.FileName}:{scalar?.Start.Line ?? parser.Current!.Start.Line}: settings are keys with values, such as 'environment: staging'.");
        }
        catch (YamlException exception)
        {
            errors.Add($"{SettingsLoader.FileName}:{exception.Start.Line}:{exception.Start.Column}: this is no valid YAML: {exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.Add($"{SettingsLoader.FileName}: it cannot be read: {exception.Message}");
        }

        return entries;
    }

    private static void ReadMapping(Parser parser, string prefix, List<Entry> entries, List<string> errors)
    {
        parser.Consume<MappingStart>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Scalar keyScalar = parser.Consume<Scalar>();
            string key = prefix + keyScalar.Value;
            if (!seen.Add(key))
                errors.Add($"{SettingsLoader.FileName}:{keyScalar.Start.Line}: '{key}' stands there twice.");
            if (parser.Accept<MappingStart>(out _))
            {
                ReadMapping(parser, key + ".", entries, errors);
            }
            else if (parser.TryConsume<Scalar>(out var value))
            {
                entries.Add(new Entry(key, value.Value, keyScalar.Start.Line));
            }
            else
            {
                errors.Add($"{SettingsLoader.FileName}:{keyScalar.Start.Line}: '{key}' is a list or an alias. A setting has one value.");
                parser.SkipThisAndNestedEvents();
            }
        }
    }

    internal readonly record struct Entry(string Key, string Value, long Line);
}
