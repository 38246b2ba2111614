namespace Pipelines.Core;

/// <summary>The store of a secret cannot be reached, limits the rate, or answers what no such store answers.</summary>
public sealed class SecretStoreException : PipelineException
{
    internal SecretStoreException(SecretReference reference, string what, string? evidence, string advice, bool transient, Exception? innerException = null)
        : base($"The secret {reference} could not be read: {what}", evidence, advice, innerException)
    {
        Reference = reference;
        IsTransient = transient;
    }

    /// <summary>The reference.</summary>
    public SecretReference Reference { get; }

    /// <inheritdoc/>
    public override bool IsTransient { get; }

    /// <inheritdoc/>
    public override FailureKind Kind => InnerException is PipelineException cause ? cause.Kind : base.Kind;
}
