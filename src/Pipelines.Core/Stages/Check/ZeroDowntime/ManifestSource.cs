namespace Pipelines.Core;

/// <summary>Where the manifests of a deployment come from. Paths are relative to the service's root.</summary>
public abstract record ManifestSource
{
    private ManifestSource() { }

    /// <summary>Plain YAML.</summary>
    /// <param name="Path">A file, or a folder whose <c>.yaml</c> and <c>.yml</c> files are read, those in folders below it, too.</param>
    public sealed record Yaml(string Path) : ManifestSource;

    /// <summary>A kustomization, rendered by <c>kubectl kustomize</c>.</summary>
    /// <param name="Directory">The folder with <c>kustomization.yaml</c>, such as <c>deploy/overlays/prod</c>.</param>
    public sealed record Kustomize(string Directory) : ManifestSource;

    /// <summary>A Helm chart with values, rendered by <c>helm template</c>. Where helm is not installed the values alone are looked at, and the run says so.</summary>
    /// <param name="Chart">The chart's folder; null where only the values are at hand.</param>
    /// <param name="Values">Values files, later ones over earlier ones.</param>
    public sealed record Helm(string? Chart, params IReadOnlyList<string> Values) : ManifestSource
    {
        /// <summary>Values that the deployment sets itself, such as <c>image.tag</c>.</summary>
        /// <value>none</value>
        public IReadOnlyDictionary<string, string> Set { get; init; } = new Dictionary<string, string>();
    }
}
