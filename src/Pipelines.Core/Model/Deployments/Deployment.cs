namespace Pipelines.Core;

/// <summary>Evidence that the manifest repository says an environment runs an image. Only a deploy stage makes one.</summary>
public sealed record Deployment
{
    internal Deployment(PublishedImage image, DeploymentEnvironment environment, string revision, bool changed, string? previousTag)
    {
        Image = image;
        Environment = environment;
        Revision = revision;
        Changed = changed;
        PreviousTag = previousTag;
    }

    /// <summary>The image.</summary>
    public PublishedImage Image { get; }

    /// <summary>The environment.</summary>
    public DeploymentEnvironment Environment { get; }

    /// <summary>The commit of the manifest repository: ours, or the one that already said so.</summary>
    public string Revision { get; }

    /// <summary>Whether a commit was made; false where the environment already ran this image.</summary>
    public bool Changed { get; }

    /// <summary>The tag that ran before; null where the value was empty.</summary>
    public string? PreviousTag { get; }
}
