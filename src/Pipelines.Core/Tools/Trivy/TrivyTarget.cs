namespace Pipelines.Core.Tools.Trivy;

/// <summary>What Trivy looks at.</summary>
internal abstract record TrivyTarget
{
    private TrivyTarget() { }

    /// <summary>An image of the docker engine, by its id: never one of the same name from elsewhere.</summary>
    public sealed record Engine(string Id) : TrivyTarget;

    /// <summary>An image of a registry, by digest.</summary>
    public sealed record Remote(ImageReference Reference, string? User, Secret? Password) : TrivyTarget;

    /// <summary>An OCI image layout on disk.</summary>
    public sealed record Layout(string Directory) : TrivyTarget;
}
