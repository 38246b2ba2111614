namespace Pipelines.Core;

/// <summary>Evidence that a scanned image is in its registry, by digest. Only a push stage makes one.</summary>
public sealed record PublishedImage
{
    internal PublishedImage(ImageReference reference, string digest, ScannedImage image)
    {
        Reference = reference;
        Digest = digest;
        Image = image;
    }

    /// <summary>The repository and tag.</summary>
    public ImageReference Reference { get; }

    /// <summary>The digest that the registry holds, <c>sha256:…</c>.</summary>
    public string Digest { get; }

    /// <summary>The image that was scanned and pushed.</summary>
    public ScannedImage Image { get; }
}
