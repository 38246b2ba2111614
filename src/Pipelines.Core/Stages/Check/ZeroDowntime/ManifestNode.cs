using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Pipelines.Core.Stages.Check.ZeroDowntime;

/// <summary>A place in a document that may not be there. Aliases lead to what they stand for, and merge keys (<c>&lt;&lt;</c>) are looked through.</summary>
internal readonly record struct ManifestNode(YamlNode? Node)
{
    private const int MaxMerges = 20;

    public bool Exists => Node is not null && !IsNull;

    /// <summary>The line, from 1.</summary>
    public int? Line => Node is null ? null : (int)Node.Start.Line;

    /// <summary>Whether it holds what a template engine has yet to fill in: nothing can be told of it.</summary>
    public bool IsTemplate => Node switch
    {
        YamlScalarNode { Value: { } text } => text.Contains("{{", StringComparison.Ordinal) || text.Contains("${", StringComparison.Ordinal) || text.Contains("$(", StringComparison.Ordinal),
        YamlMappingNode { Children.Count: > 0 } mapping => mapping.Children.All(child => child.Key is YamlMappingNode), // what YAML makes of {{ x }} without quotes
        _ => false,
    };

    public string? Text => IsNull ? null : (Node as YamlScalarNode)?.Value;

    public long? Number => long.TryParse(Text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value) ? value : null;

    public bool? Flag => Text?.ToLowerInvariant() switch { "true" or "yes" or "on" => true, "false" or "no" or "off" => false, _ => null };

    public bool IsMapping => Node is YamlMappingNode;

    /// <summary>Whether it is there and says nothing: <c>{}</c>, <c>[]</c>, <c>""</c> or null.</summary>
    public bool IsEmpty => Node switch
    {
        null => true,
        YamlMappingNode mapping => mapping.Children.Count == 0,
        YamlSequenceNode sequence => sequence.Children.Count == 0,
        _ => IsNull || Text is { Length: 0 },
    };

    public IEnumerable<ManifestNode> Items => Node is YamlSequenceNode sequence ? sequence.Children.Select(child => new ManifestNode(child)) : [];

    /// <summary>The pairs of a mapping whose keys and values are plain texts, such as labels.</summary>
    public IReadOnlyDictionary<string, string> Pairs
    {
        get
        {
            var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
            Collect(pairs, 0);
            return pairs;
        }
    }

    public IEnumerable<(string Key, ManifestNode Value)> Children => Node is YamlMappingNode mapping
        ? mapping.Children.Where(child => child.Key is YamlScalarNode { Value: not null }).Select(child => (((YamlScalarNode)child.Key).Value!, new ManifestNode(child.Value))) : [];

    private bool IsNull => Node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    /// <summary>What is at a path, dots between the levels.</summary>
    public ManifestNode this[string path]
    {
        get
        {
            ManifestNode node = this;
            foreach (string key in path.Split('.'))
                node = node.Child(key, 0);
            return node;
        }
    }

    /// <summary>The mapping's own pairs come before merged ones.</summary>
    private void Collect(Dictionary<string, string> pairs, int merges)
    {
        if (Node is not YamlMappingNode mapping || merges > MaxMerges)
            return;
        foreach ((YamlNode key, YamlNode value) in mapping.Children)
            if (key is YamlScalarNode { Value: { } name and not "<<" } && value is YamlScalarNode { Value: { } text })
                pairs.TryAdd(name, text);
        foreach ((YamlNode key, YamlNode value) in mapping.Children)
            if (key is YamlScalarNode { Value: "<<" })
                foreach (YamlNode merged in value is YamlSequenceNode several ? several.Children : [value])
                    new ManifestNode(merged).Collect(pairs, merges + 1);
    }

    private ManifestNode Child(string key, int merges)
    {
        if (Node is not YamlMappingNode mapping || merges > MaxMerges)
            return default;
        foreach ((YamlNode name, YamlNode value) in mapping.Children)
            if (name is YamlScalarNode { Value: { } text } && text == key)
                return new ManifestNode(value);
        foreach ((YamlNode name, YamlNode value) in mapping.Children)
        {
            if (name is not YamlScalarNode { Value: "<<" })
                continue;
            foreach (YamlNode merged in value is YamlSequenceNode several ? several.Children : [value])
                if (new ManifestNode(merged).Child(key, merges + 1) is { Node: not null } found)
                    return found;
        }

        return default;
    }
}
