namespace Pipelines.Core;

/// <summary>GitHub or GitLab could not do something, or a pull request there did not end as it must.</summary>
public sealed class CodeHostException : PipelineException
{
    internal CodeHostException(CodeHostFailure failure, string what, string? evidence, string? advice, Exception? innerException = null)
        : base(what, evidence, advice, innerException) => Failure = failure;

    /// <summary>Why.</summary>
    public CodeHostFailure Failure { get; }

    /// <inheritdoc/>
    public override bool IsTransient => Failure == CodeHostFailure.Unreachable;

    /// <inheritdoc/>
    public override FailureKind Kind => Failure == CodeHostFailure.Authentication ? FailureKind.MissingPrerequisite : FailureKind.Failed;
}
