using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Pipelines.Core.Stages.Check.ZeroDowntime;

/// <summary>Reads the resources of a YAML text: several documents, lists of resources, anchors.</summary>
internal static class ManifestReader
{
    private const int MaxDepth = 100; // deeper than any manifest, and well within the stack
    private const long MaxBytes = 20 * 1024 * 1024;

    /// <exception cref="ManifestReadException">It is no YAML, or no file that can be read.</exception>
    public static IReadOnlyList<ManifestDocument> ReadFile(string path, string name)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new ManifestReadException($"'{name}' is too large for a manifest.", name, null, $"more than {MaxBytes / 1024 / 1024} MB", "Name the file with the manifests.");
            return Read(name, File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true)));
        }
        catch (DecoderFallbackException exception)
        {
            throw new ManifestReadException($"'{name}' is no UTF-8 text.", name, null, null, "Save the file as UTF-8.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ManifestReadException($"'{name}' cannot be read.", name, null, exception.Message, "Check the path: it is relative to the service's root.", exception);
        }
    }

    /// <exception cref="ManifestReadException">It is no YAML.</exception>
    public static IReadOnlyList<ManifestDocument> Read(string name, string text)
    {
        var stream = new YamlStream();
        try
        {
            LookThrough(name, text);
            stream.Load(new StringReader(text));
        }
        catch (Exception exception) when (exception is YamlException or ArgumentException or InvalidOperationException)
        {
            long? line = (exception as YamlException)?.Start.Line;
            bool isTemplate = text.Contains("{{", StringComparison.Ordinal);
            throw new ManifestReadException(
                isTemplate ? $"'{name}' is a template, and no YAML yet." : $"'{name}' is no valid YAML.",
                name,
                line,
                (exception.InnerException ?? exception).Message,
                isTemplate ? "Check what is deployed: ManifestSource.Helm with the chart's folder, and not its templates." : "Correct the file.",
                exception);
        }

        return [.. stream.Documents.SelectMany((document, index) => Resources(new ManifestDocument(name, index + 1, new ManifestNode(document.RootNode)), 0))];
    }

    /// <summary>A <c>List</c> is the resources in it.</summary>
    private static IEnumerable<ManifestDocument> Resources(ManifestDocument document, int depth) =>
        document.Kind.EndsWith("List", StringComparison.Ordinal) && document.Root["items"] is { Exists: true } items && depth < 10
            ? items.Items.SelectMany(item => Resources(document with { Root = item }, depth + 1))
            : [document];

    /// <summary>Finds without recursion what would overflow the stack, and says the place of what the loader has no place for.</summary>
    private static void LookThrough(string name, string text)
    {
        var parser = new Parser(new StringReader(text));
        var anchors = new HashSet<AnchorName>();
        int depth = 0;
        while (Next(parser, name))
        {
            if (parser.Current is DocumentStart)
                anchors.Clear();
            if (parser.Current is NodeEvent { Anchor.IsEmpty: false } node)
                anchors.Add(node.Anchor);
            if (parser.Current is AnchorAlias alias && !anchors.Contains(alias.Value))
                throw new ManifestReadException($"'{name}' is no valid YAML.", name, alias.Start.Line, $"there is no anchor '{alias.Value}' before it", "Correct the file.");
            depth += parser.Current is MappingStart or SequenceStart ? 1 : parser.Current is MappingEnd or SequenceEnd ? -1 : 0;
            if (depth > MaxDepth)
                throw new ManifestReadException($"'{name}' is nested too deeply for a manifest.", name, parser.Current!.Start.Line, $"more than {MaxDepth} levels", "Correct the file.");
        }
    }

    /// <summary>The parser throws plain exceptions, too, at some broken inputs: those are where it stood.</summary>
    private static bool Next(Parser parser, string name)
    {
        try
        {
            return parser.MoveNext();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw new ManifestReadException($"'{name}' is no valid YAML.", name, parser.Current?.End.Line ?? 1, exception.Message, "Correct the file.", exception);
        }
    }
}
