namespace Pipelines.Core;

/// <summary>The base image of a Dockerfile cannot be pulled. Nothing is wrong with the service's own sources.</summary>
public sealed class BaseImageUnavailableException : PipelineException
{
    internal BaseImageUnavailableException(string image, string evidence, bool transient)
        : base(
            transient ? $"The base image {image} could not be pulled: its registry cannot be reached or limits the rate." : $"The base image {image} could not be pulled: it is not there, or may not be read.",
            "  " + evidence,
            transient
                ? "A retry may help. If it stays: check this machine's network, or use a mirror of the base image in your own registry."
                : "Correct the name after FROM in the Dockerfile, or sign in to its registry ('docker login') on this machine.")
    {
        Image = image;
        IsTransient = transient;
    }

    /// <summary>The base image, as far as docker names it.</summary>
    public string Image { get; }

    /// <summary>True for the network and rate limits, false where the image does not exist or may not be read.</summary>
    public override bool IsTransient { get; }
}
