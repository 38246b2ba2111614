namespace Pipelines.Core.Stages.Approve;

/// <summary>The sandbox's yes.</summary>
internal sealed class SimulatedApproval : IApprovalWay
{
    public ApprovalMethod Method => ApprovalMethod.Simulated;

    public bool IsInstant => true;

    public Task<ApprovalDecision> DecideAsync(ApprovalQuestion question, CancellationToken cancellationToken)
    {
        if (question.Context.Run.Mode != RunMode.Sandbox)
            throw question.Closed("simulated: only the sandbox may.");
        question.Context.Log.Warning($"Simulated: the sandbox approves '{question.Environment.Name}' by itself. In a live run a person does.");
        return Task.FromResult(new ApprovalDecision(true, "sandbox (simulated)", "the sandbox approves by itself", question.Context.Time.GetUtcNow(), "simulated: nobody was asked"));
    }
}
