namespace Pipelines.Core.Clients.Vault;

/// <summary>What is written down of a lease. No secret.</summary>
/// <param name="Id">The lease's id.</param>
/// <param name="Path">What was read for it.</param>
/// <param name="Address">The Vault it is of.</param>
/// <param name="Namespace">The namespace; null for the root.</param>
/// <param name="Expires">When it ends if nobody renews it.</param>
internal sealed record LeaseRecord(string Id, string Path, string Address, string? Namespace, DateTimeOffset Expires);
