namespace Pipelines.Sandbox.Vault;

/// <summary>A role of the database engine.</summary>
internal sealed record VaultDatabaseRole
{
    /// <value>1 h</value>
    public TimeSpan DefaultTtl { get; init; } = TimeSpan.FromHours(1);

    /// <value>24 h</value>
    public TimeSpan MaxTtl { get; init; } = TimeSpan.FromHours(24);

    public bool IsRenewable { get; init; } = true;

    /// <summary>What is handed out in place of made-up credentials, such as <c>username</c>.</summary>
    public IReadOnlyDictionary<string, string> Fixed { get; init; } = new Dictionary<string, string>();
}
