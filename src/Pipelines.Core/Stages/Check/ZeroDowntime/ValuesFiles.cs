namespace Pipelines.Core.Stages.Check.ZeroDowntime;

/// <summary>Helm values of several files, the later over the earlier, key by key as Helm merges them.</summary>
internal sealed class ValuesFiles(IReadOnlyList<ManifestDocument> files, IReadOnlyDictionary<string, string> overrides)
{
    public IReadOnlyList<ManifestDocument> Files => files;

    /// <summary>Whether the deployment sets it itself.</summary>
    public bool IsSet(string path) => overrides.ContainsKey(path);

    /// <summary>The first of these paths that any file has, from the file that Helm would take it from.</summary>
    public (ManifestNode Node, ManifestDocument File, string Path)? Find(params IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
            for (int index = files.Count - 1; index >= 0; index--)
                if (files[index].Root[path] is { Node: not null } node)
                    return (node, files[index], path);
        return null;
    }
}
