namespace Pipelines.Sandbox.Vault;

/// <summary>A lease of the stand-in: it counts what is done to it.</summary>
internal sealed class VaultStandInLease
{
    public required string Id { get; init; }

    public required VaultStandInToken Token { get; init; }

    public required DateTimeOffset Issued { get; init; }

    public required TimeSpan Duration { get; init; }

    public required bool IsRenewable { get; init; }

    /// <summary>No renewal goes beyond it.</summary>
    public required DateTimeOffset Limit { get; init; }

    public DateTimeOffset Expires { get; set; }

    public bool IsRevoked { get; set; }

    public int Renewals { get; set; }
}
