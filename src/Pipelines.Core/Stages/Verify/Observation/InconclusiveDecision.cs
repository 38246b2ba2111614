namespace Pipelines.Core;

/// <summary>What a person decided about a deployment of which the metrics told nothing.</summary>
/// <param name="Accepted">Whether it may stay.</param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="Reason">Why.</param>
public sealed record InconclusiveDecision(bool Accepted, string DecidedBy, string Reason);
