namespace Pipelines.Core.Model;

/// <summary>Where an image is before it is pushed.</summary>
internal abstract record ImageLocation
{
    private ImageLocation() { }

    /// <summary>In the docker engine's store.</summary>
    public sealed record DockerEngine : ImageLocation;

    /// <summary>In an OCI image layout on disk.</summary>
    public sealed record OciLayout(string Directory) : ImageLocation;

    /// <summary>Already in the registry, by this digest: nothing was built.</summary>
    public sealed record Registry(string Digest) : ImageLocation;
}
