namespace Pipelines.Core;

/// <summary>A secret's reference leads to nothing.</summary>
public sealed class SecretNotFoundException : PipelineException
{
    internal SecretNotFoundException(SecretReference reference, string evidence, string advice)
        : base($"The secret {reference} was not found.", evidence, advice) => Reference = reference;

    /// <summary>The reference.</summary>
    public SecretReference Reference { get; }

    /// <inheritdoc/>
    public override FailureKind Kind => FailureKind.MissingPrerequisite;
}
