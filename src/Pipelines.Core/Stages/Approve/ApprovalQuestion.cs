namespace Pipelines.Core.Stages.Approve;

/// <summary>What is asked, and what each way needs to ask it.</summary>
internal sealed record ApprovalQuestion
{
    public required DeploymentEnvironment Environment { get; init; }

    public required ApprovalRequest Request { get; init; }

    public required ApproverRules Rules { get; init; }

    public required StageContext Context { get; init; }

    public ApprovalPolicy Policy => Environment.Approval;

    public ApprovalException Closed(string why, ApprovalFailure failure = ApprovalFailure.NoWay, string? advice = null) =>
        new(failure, Environment.Name, why, null, advice);
}
