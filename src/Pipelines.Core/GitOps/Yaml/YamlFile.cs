using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Pipelines.Core.GitOps;

/// <summary>A YAML file, read with the place of every value. The text is exactly the file's: encoding it again gives the same bytes.</summary>
internal sealed class YamlFile
{
    /// <summary>Deeper than any values file, and well within the stack.</summary>
    private const int MaxDepth = 200;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<string> _events = [];
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);

    private YamlFile(string name, string text)
    {
        Name = name;
        Text = text;
    }

    public string Name { get; }

    public string Text { get; }

    public IReadOnlyList<YamlNode> Documents { get; private set; } = [];

    /// <summary>Every event of the parser as a text: what a file says, without how it is laid out.</summary>
    public IReadOnlyList<string> Events => _events;

    public IReadOnlyDictionary<string, YamlNode> Anchors => _anchors;

    public static byte[] Encode(string text) => StrictUtf8.GetBytes(text);

    /// <exception cref="ManifestFileException">It is no UTF-8 or no YAML.</exception>
    public static YamlFile Read(string name, byte[] bytes) => Parse(name, Decode(name, bytes));

    /// <exception cref="ManifestFileException">It is no YAML.</exception>
    public static YamlFile Parse(string name, string text)
    {
        var file = new YamlFile(name, text);
        try
        {
            file.ReadDocuments();
        }
        catch (YamlException exception)
        {
            throw new ManifestFileException(
                $"'{name}' in the manifest repository is no valid YAML.",
                name,
                exception.Start.Line,
                exception.Start.Column,
                "  " + exception.Message,
                "Correct the file in the manifest repository. Nothing was changed.",
                exception);
        }

        return file;
    }

    private static string Decode(string name, byte[] bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            int index = Math.Clamp(exception.Index, 0, bytes.Length);
            int line = bytes.AsSpan(0, index).Count((byte)'\n') + 1;
            int column = index - bytes.AsSpan(0, index).LastIndexOf((byte)'\n');
            throw new ManifestFileException($"'{name}' in the manifest repository is no UTF-8 text.", name, line, column, null, "Save the file as UTF-8. Nothing was changed.", exception);
        }
    }

    private void ReadDocuments()
    {
        int mark = Text.StartsWith('\uFEFF') ? 1 : 0; // a byte order mark is no part of the YAML, but of the file
        var scanner = new RecordingScanner(new Scanner(new StringReader(Text[mark..]), skipComments: true));
        var parser = new YamlDotNet.Core.Parser(scanner);
        var documents = new List<YamlNode>();
        while (Next(parser))
        {
            if (parser.Current is DocumentStart)
            {
                _anchors.Clear(); // an anchor lives in its own document
                Next(parser);
                documents.Add(ReadNode(parser, scanner, mark, 0));
            }
        }

        Documents = documents;
    }

    private bool Next(YamlDotNet.Core.Parser parser)
    {
        if (!parser.MoveNext())
            return false;
        _events.Add(Describe(parser.Current!));
        return true;
    }

    private YamlNode ReadNode(YamlDotNet.Core.Parser parser, RecordingScanner scanner, int mark, int depth)
    {
        ParsingEvent current = parser.Current!;
        if (depth > MaxDepth)
            throw new YamlException(current.Start, current.End, $"more than {MaxDepth} levels");
        YamlNode node;
        switch (current)
        {
            case MappingStart:
                var entries = new List<(YamlNode, YamlNode)>();
                while (Next(parser) && parser.Current is not MappingEnd)
                {
                    YamlNode key = ReadNode(parser, scanner, mark, depth + 1);
                    Next(parser);
                    entries.Add((key, ReadNode(parser, scanner, mark, depth + 1)));
                }

                node = new YamlNode.Map(current.Start, entries);
                break;
            case SequenceStart:
                var items = new List<YamlNode>();
                while (Next(parser) && parser.Current is not SequenceEnd)
                    items.Add(ReadNode(parser, scanner, mark, depth + 1));
                node = new YamlNode.Sequence(current.Start, items);
                break;
            case AnchorAlias alias:
                return new YamlNode.Alias(alias.Start, alias.Value.Value);
            case YamlDotNet.Core.Events.Scalar scalar:
                long? start = scanner.ScalarStart(scalar.End.Index, scalar.Start.Index);
                long from = start ?? scanner.PropertiesEnd(scalar.Start.Index, scalar.End.Index);
                long to = start is null ? from : scalar.End.Index;
                bool isString = !scalar.Tag.IsEmpty && scalar.Tag is { IsNonSpecific: false, Value: "tag:yaml.org,2002:str" };
                node = new YamlNode.Scalar(scalar.Start, scalar.Value, scalar.Style, isString, (int)from + mark, (int)to + mark, _events.Count - 1);
                break;
            default:
                throw new YamlException(current.Start, current.End, "a value was expected");
        }

        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
            _anchors[anchored.Anchor.Value] = node;
        return node;
    }

    private static string Describe(ParsingEvent current) => current switch
    {
        YamlDotNet.Core.Events.Scalar scalar => $"scalar {scalar.Anchor} {TagOf(scalar)} {scalar.Value}",
        MappingStart map => $"map {map.Anchor} {TagOf(map)} {map.Style}",
        SequenceStart sequence => $"sequence {sequence.Anchor} {TagOf(sequence)} {sequence.Style}",
        AnchorAlias alias => $"alias {alias.Value}",
        _ => current.GetType().Name,
    };

    private static string TagOf(NodeEvent node) => node.Tag.IsEmpty ? "" : node.Tag.IsNonSpecific ? "!" : node.Tag.Value;
}
