namespace Pipelines.Core;

/// <summary>Git could not do something with a remote repository.</summary>
public sealed class GitException : PipelineException
{
    internal GitException(GitFailure failure, string what, string? evidence, string? advice)
        : base(what, evidence, advice) => Failure = failure;

    /// <summary>Why.</summary>
    public GitFailure Failure { get; }

    /// <inheritdoc/>
    public override bool IsTransient => Failure is GitFailure.Unreachable or GitFailure.Rejected;

    /// <inheritdoc/>
    public override FailureKind Kind => Failure == GitFailure.Authentication ? FailureKind.MissingPrerequisite : FailureKind.Failed;
}
