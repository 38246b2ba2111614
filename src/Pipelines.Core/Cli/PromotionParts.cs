namespace Pipelines.Core;

/// <summary>What <c>promote</c> needs of a template.</summary>
/// <param name="Environments">The environments, in the order an image goes through them.</param>
/// <param name="Repository">The image repository.</param>
/// <param name="Credentials">How to sign in to its registry.</param>
/// <param name="Prove">Adds the stages that prove a deployment, such as a smoke test, and returns the last one.</param>
public sealed record PromotionParts(
    IReadOnlyList<DeploymentEnvironment> Environments,
    ImageReference Repository,
    RegistryCredentials Credentials,
    Func<PipelineBuilder, StageHandle<Deployment>, DeploymentEnvironment, StageHandle<ProvenDeployment>> Prove)
{
    /// <summary>Adds the stages that an environment needs before a deployment, such as the migration of its database, and returns the image as they hand it on. The approval is null for an environment that is not protected.</summary>
    /// <value>null: there are none</value>
    public Func<PipelineBuilder, StageHandle<PublishedImage>, StageHandle<Approval>?, DeploymentEnvironment, StageHandle<PublishedImage>>? Prepare { get; init; }
}
