namespace Pipelines.Sandbox.Vault;

/// <summary>Who may log in, and what he gets.</summary>
internal sealed record VaultLoginRole
{
    /// <summary>The path of the mount below <c>auth/</c>, such as <c>approle</c>.</summary>
    public required string Mount { get; init; }

    /// <summary><c>approle</c>, <c>jwt</c> or <c>kubernetes</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The role's name; of AppRole its role id.</summary>
    public required string Name { get; init; }

    /// <summary>AppRole's secret id.</summary>
    public string? SecretId { get; init; }

    /// <summary>What the token's audience must be.</summary>
    public string? Audience { get; init; }

    /// <summary>What the token's subject must be, a <c>*</c> at its end allowed.</summary>
    public string? Subject { get; init; }

    public IReadOnlyList<string> Policies { get; init; } = ["default"];

    /// <value>1 h</value>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromHours(1);

    /// <value>24 h</value>
    public TimeSpan MaxTtl { get; init; } = TimeSpan.FromHours(24);
}
