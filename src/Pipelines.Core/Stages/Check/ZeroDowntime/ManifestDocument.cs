namespace Pipelines.Core.Stages.Check.ZeroDowntime;

/// <summary>One resource of a file.</summary>
/// <param name="File">The file's name for people.</param>
/// <param name="Number">The document in the file, from 1.</param>
/// <param name="Root">The resource.</param>
internal sealed record ManifestDocument(string File, int Number, ManifestNode Root)
{
    public string Kind => Root["kind"].Text ?? "";

    public string Group => Root["apiVersion"].Text?.Split('/') is [var group, _] ? group : "";

    public string Name => Root["metadata.name"].Text ?? Root["metadata.generateName"].Text ?? "(no name)";

    /// <summary>The namespace; resources without one are compared as if they had the same.</summary>
    public string? Namespace => Root["metadata.namespace"].Text;

    public override string ToString() => $"{Kind} {Name}";
}
