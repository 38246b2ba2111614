namespace Pipelines.Sandbox.Vault;

/// <summary>A token of the stand-in.</summary>
internal sealed class VaultStandInToken
{
    public required string Value { get; init; }

    public required string Accessor { get; init; }

    public required string DisplayName { get; init; }

    public required IReadOnlyList<string> Policies { get; init; }

    public required string EntityId { get; init; }

    /// <summary>Null for one that lives for ever.</summary>
    public DateTimeOffset? Expires { get; set; }

    /// <summary>No renewal goes beyond it.</summary>
    public DateTimeOffset? Limit { get; init; }

    public bool IsRenewable { get; init; }

    public bool IsRevoked { get; set; }

    public int Renewals { get; set; }

    public bool IsRoot => Policies.Contains("root");
}
