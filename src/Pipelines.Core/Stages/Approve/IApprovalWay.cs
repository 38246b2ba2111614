namespace Pipelines.Core.Stages.Approve;

/// <summary>A way in which a person decides.</summary>
internal interface IApprovalWay
{
    ApprovalMethod Method { get; }

    /// <summary>Whether it knows at once: then it is asked before those that wait.</summary>
    bool IsInstant { get; }

    /// <summary>Waits for the decision of somebody who may decide.</summary>
    /// <exception cref="ApprovalException">This way is not open to this run; the message says why.</exception>
    Task<ApprovalDecision> DecideAsync(ApprovalQuestion question, CancellationToken cancellationToken);
}
