namespace Pipelines.Core.Clients.Vault;

/// <summary>A lease that we hold. Its id is no secret: it lets nobody in who has no token.</summary>
/// <param name="Id">Such as <c>database/creds/app/2f6a614c…</c>.</param>
/// <param name="Path">What was read for it.</param>
/// <param name="Duration">How long it lives.</param>
/// <param name="IsRenewable">Whether it may be renewed.</param>
/// <param name="Owner">The token that it was made by, and ends with.</param>
internal sealed record VaultLease(string Id, string Path, TimeSpan Duration, bool IsRenewable, VaultToken Owner);
