namespace Pipelines.Core;

/// <summary>There is something at a secret's reference, but it cannot be used: empty, binary, too large, or not readable by this user.</summary>
public sealed class SecretUnusableException : PipelineException
{
    internal SecretUnusableException(SecretReference reference, string evidence, string advice, Exception? innerException = null)
        : base($"The secret {reference} cannot be used.", evidence, advice, innerException) => Reference = reference;

    /// <summary>The reference.</summary>
    public SecretReference Reference { get; }

    /// <inheritdoc/>
    public override FailureKind Kind => FailureKind.MissingPrerequisite;
}
