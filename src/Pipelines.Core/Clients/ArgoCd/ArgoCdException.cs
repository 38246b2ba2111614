namespace Pipelines.Core;

/// <summary>Argo CD did not bring a deployment to health, or could not be asked.</summary>
public sealed class ArgoCdException : PipelineException
{
    internal ArgoCdException(ArgoCdFailure failure, string what, string? evidence, string? advice, Exception? innerException = null)
        : base(what, evidence, advice, innerException) => Failure = failure;

    /// <summary>Why.</summary>
    public ArgoCdFailure Failure { get; }

    /// <inheritdoc/>
    public override bool IsTransient => Failure == ArgoCdFailure.Unreachable;

    /// <inheritdoc/>
    public override bool IsImageAtFault => Failure is ArgoCdFailure.Degraded or ArgoCdFailure.SyncFailed;

    /// <inheritdoc/>
    public override FailureKind Kind => Failure == ArgoCdFailure.Credential ? FailureKind.MissingPrerequisite : FailureKind.Failed;
}
