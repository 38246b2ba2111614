using Pipelines.Core.Model;

namespace Pipelines.Core;

/// <summary>Evidence that an image was built from one commit. Only a build stage makes one.</summary>
public sealed record BuiltImage
{
    internal BuiltImage(ImageReference reference, string id, ImageLocation location, SourceRevision source)
    {
        Reference = reference;
        Id = id;
        Location = location;
        Source = source;
    }

    /// <summary>The repository and tag the image will be pushed under.</summary>
    public ImageReference Reference { get; }

    /// <summary>What identifies its content: the engine's image id (<c>sha256:…</c>), or the manifest's digest where it is in a layout or in the registry.</summary>
    public string Id { get; }

    /// <summary>The sources it was built from.</summary>
    public SourceRevision Source { get; }

    /// <summary>Where the image is now.</summary>
    internal ImageLocation Location { get; }
}
