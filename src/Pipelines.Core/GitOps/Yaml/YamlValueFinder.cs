using System.Globalization;
using Pipelines.Core.Model;

namespace Pipelines.Core.GitOps;

/// <summary>Finds the one scalar that a path leads to, or says where the path breaks.</summary>
internal sealed class YamlValueFinder(YamlFile file, YamlKeyPath path)
{
    private const int MaxListedKeys = 20;
    private const string MergeKey = "<<";

    private Broken? _furthest;

    private sealed record Broken(int Level, ManifestFileException Error);

    /// <exception cref="ManifestFileException">There is no such value, more than one, or one that is no scalar of its own.</exception>
    public YamlNode.Scalar Find()
    {
        YamlNode.Scalar? found = null;
        foreach (YamlNode document in file.Documents)
        {
            if (FindIn(document) is not { } scalar)
                continue;
#pragma warning disable CA1508 // the analyzer does not see that an earlier document may have set it
            if (found is not null)
                throw Error($"The key '{path}' is in several documents of '{file.Name}'.", scalar, $"  the first is in line {found.Start.Line}", "Keep it in one document of the file, or set " + path.Setting + " to a key that is in one document alone.");
            found = scalar;
        }

        return found ?? throw (_furthest?.Error ?? new ManifestFileException($"'{file.Name}' in the manifest repository is empty.", file.Name, 1, 1, null, $"Write the key '{path}' into it once; from then on each deployment sets it."));
#pragma warning restore CA1508
    }

    private YamlNode.Scalar? FindIn(YamlNode document)
    {
        YamlNode node = document;
        for (int level = 0; level < path.Segments.Count; level++)
        {
            YamlNode? next = node switch
            {
                YamlNode.Map map => InMap(map, level),
                YamlNode.Sequence sequence => InSequence(sequence, level),
                YamlNode.Alias alias => throw AliasError(alias, level),
                _ => Break(level, Error($"'{path.Prefix(level)}' in '{file.Name}' has no keys: it is a plain value.", node, null, KeyAdvice)),
            };
            if (next is null)
                return null;
            node = next;
        }

        return node switch
        {
            YamlNode.Scalar scalar => scalar,
            YamlNode.Alias alias => throw AliasError(alias, path.Segments.Count),
            YamlNode.Map map => throw Error($"'{path}' in '{file.Name}' is a map, no single value.", map, $"  it holds {Listed(Keys(map))}", $"Set {path.Setting} to the key that holds the value itself, such as {path}.{Keys(map).FirstOrDefault("tag")}."),
            _ => throw Error($"'{path}' in '{file.Name}' is a sequence, no single value.", node, null, $"Set {path.Setting} to one element, such as {path}.0, or to another key."),
        };
    }

    private string KeyAdvice => $"Correct {path.Setting} or manifest.file, or write the key into the file once; from then on each deployment sets it.";

    private YamlNode? InMap(YamlNode.Map map, int level)
    {
        string segment = path.Segments[level];
        (YamlNode Key, YamlNode Value)[] matches = [.. map.Entries.Where(entry => entry.Key is YamlNode.Scalar key && key.Value == segment)];
        if (matches.Length > 1)
            throw Error($"The key '{path.Prefix(level + 1)}' is twice in '{file.Name}'.", matches[1].Key, $"  the first is in line {matches[0].Key.Start.Line}", "Remove one of the two: YAML forbids duplicates, and tools disagree on which one counts.");
        if (matches.Length == 1)
            return matches[0].Value;

        if (map.Entries.Where(entry => entry.Key is YamlNode.Scalar { Value: MergeKey }).Any(entry => Inherits(entry.Value, segment, [])))
            throw Error($"The key '{path.Prefix(level + 1)}' in '{file.Name}' only comes from a merge ('<<').", map, null, $"Write '{segment}:' into this map itself, so that a deployment changes this one place and not everything that shares the anchor.");

        string[] keys = Keys(map);
        string? nearest = NearestName.Find(segment, keys);
        string evidence = $"  {(level == 0 ? "the top level" : $"'{path.Prefix(level)}'")} holds {Listed(keys)}";
        return Break(level, Error($"There is no key '{path.Prefix(level + 1)}' in '{file.Name}'.", map, evidence, nearest is null ? KeyAdvice : $"Is '{nearest}' meant? " + KeyAdvice));
    }

    private YamlNode? InSequence(YamlNode.Sequence sequence, int level)
    {
        string segment = path.Segments[level];
        if (int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < sequence.Items.Count)
            return sequence.Items[index];
        string range = sequence.Items.Count == 0 ? "it has no elements" : $"its elements are 0 to {sequence.Items.Count - 1}";
        return Break(level, Error($"'{path.Prefix(level)}' in '{file.Name}' is a sequence and has no '{segment}'.", sequence, $"  {range}", $"Name an element by its number in {path.Setting}, such as containers.0.tag."));
    }

    private bool Inherits(YamlNode merged, string segment, HashSet<string> seen) => merged switch
    {
        YamlNode.Alias alias => seen.Add(alias.Name) && file.Anchors.TryGetValue(alias.Name, out YamlNode? target) && Inherits(target, segment, seen),
        YamlNode.Sequence sequence => sequence.Items.Any(item => Inherits(item, segment, seen)),
        YamlNode.Map map => map.Entries.Any(entry => entry.Key is YamlNode.Scalar key && (key.Value == segment || (key.Value == MergeKey && Inherits(entry.Value, segment, seen)))),
        _ => false,
    };

    private ManifestFileException AliasError(YamlNode.Alias alias, int level) => Error(
        $"'{path.Prefix(level)}' in '{file.Name}' is the alias '*{alias.Name}'.",
        alias,
        null,
        $"Write a value of its own there: a deployment must not change everything that shares '&{alias.Name}'. Or set {path.Setting} to the key that carries the anchor, if all of it is meant.");

    private YamlNode? Break(int level, ManifestFileException error)
    {
        if (_furthest is null || level > _furthest.Level)
            _furthest = new Broken(level, error);
        return null;
    }

    private ManifestFileException Error(string what, YamlNode node, string? evidence, string advice) =>
        new(what, file.Name, node.Start.Line, node.Start.Column, evidence, advice);

    private static string[] Keys(YamlNode.Map map) => [.. map.Entries.Select(entry => entry.Key).OfType<YamlNode.Scalar>().Select(key => key.Value).Distinct()];

    private static string Listed(string[] keys) => keys.Length switch
    {
        0 => "no keys",
        > MaxListedKeys => string.Join(", ", keys.Take(MaxListedKeys)) + $" and {keys.Length - MaxListedKeys} more",
        _ => string.Join(", ", keys),
    };
}
