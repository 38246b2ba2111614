namespace Pipelines.Core;

/// <summary>A registry does not know the repository that is pushed to.</summary>
public sealed class RegistryRepositoryNotFoundException : PipelineException
{
    internal RegistryRepositoryNotFoundException(ImageReference repository, string? evidence)
        : base($"The registry {repository.Registry} has no repository '{repository.Repository}'.", evidence, Advise(repository)) => Repository = repository.Name;

    /// <summary>Registry and repository.</summary>
    public string Repository { get; }

    private static string Advise(ImageReference repository) =>
        RegistryCredentials.For(repository) is RegistryCredentials.Ecr ecr
            ? $"ECR makes no repository by itself. Create it once: aws ecr create-repository --region {ecr.Region} --repository-name {repository.Repository} --image-tag-mutability IMMUTABLE"
            : "Create it in the registry first, or correct the name.";
}
