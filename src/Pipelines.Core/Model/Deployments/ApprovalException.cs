namespace Pipelines.Core;

/// <summary>A digest was not let into an environment.</summary>
public sealed class ApprovalException : PipelineException
{
    internal ApprovalException(ApprovalFailure failure, string environment, string what, string? evidence, string? advice)
        : base(what, evidence, advice)
    {
        Failure = failure;
        Environment = environment;
    }

    /// <summary>Why.</summary>
    public ApprovalFailure Failure { get; }

    /// <summary>The environment.</summary>
    public string Environment { get; }

    /// <inheritdoc/>
    public override FailureKind Kind => Failure == ApprovalFailure.NoWay ? FailureKind.MissingPrerequisite : FailureKind.Failed;
}
