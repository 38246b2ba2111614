namespace Pipelines.Core;

/// <summary>The store knows who asks for a secret and refuses it.</summary>
public sealed class SecretDeniedException : PipelineException
{
    internal SecretDeniedException(SecretReference reference, string identity, string permission, string? evidence, string advice, Exception? innerException = null)
        : base($"The secret {reference} was refused: {identity} may not read it ({permission}).", evidence, advice, innerException)
    {
        Reference = reference;
        Identity = identity;
        Permission = permission;
    }

    /// <summary>The reference.</summary>
    public SecretReference Reference { get; }

    /// <summary>Who asked, such as the ARN of a role or the name of a Vault token. Not secret.</summary>
    public string Identity { get; }

    /// <summary>What is missing, such as <c>secretsmanager:GetSecretValue</c>.</summary>
    public string Permission { get; }

    /// <inheritdoc/>
    public override FailureKind Kind => FailureKind.MissingPrerequisite;
}
