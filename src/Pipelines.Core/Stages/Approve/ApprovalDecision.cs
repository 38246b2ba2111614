namespace Pipelines.Core.Stages.Approve;

/// <summary>What was decided, by whom, in which way.</summary>
/// <param name="Approved">Yes or no.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why; null where they did not say.</param>
/// <param name="At">When.</param>
/// <param name="Proof">How far the name can be believed, in a sentence.</param>
internal sealed record ApprovalDecision(bool Approved, string By, string? Reason, DateTimeOffset At, string Proof)
{
    public string? Fingerprint { get; init; }

    /// <summary>The signed document, where there is one.</summary>
    public string? Document { get; init; }
}
