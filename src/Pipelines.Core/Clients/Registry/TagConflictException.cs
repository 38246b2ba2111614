namespace Pipelines.Core;

/// <summary>A tag names other content in the registry already. Tags are never overwritten.</summary>
public sealed class TagConflictException : PipelineException
{
    internal TagConflictException(ImageReference reference, string registryDigest, string? registryImageId, string imageId, bool afterPush)
        : base(
            afterPush
                ? $"After the push, {reference} is not the image that was scanned: somebody else pushed to the same tag."
                : $"{reference} is already in the registry with other content. A tag is never overwritten.",
            $"  in the registry: {registryDigest}{(registryImageId is null ? "" : $" (image id {registryImageId})")}\n  to be pushed:    {imageId}",
            "The tag names one commit, so two builds of it differ. Run again: the stage that builds takes the image that is in the registry and does not build it anew. "
                + "If that image is wrong, delete the tag in the registry by hand first.")
    {
        Reference = reference;
        RegistryDigest = registryDigest;
        ImageId = imageId;
    }

    /// <summary>The repository and tag.</summary>
    public ImageReference Reference { get; }

    /// <summary>The digest that the registry holds.</summary>
    public string RegistryDigest { get; }

    /// <summary>The id of the image that was to be pushed.</summary>
    public string ImageId { get; }
}
