namespace Pipelines.Sandbox.Vault;

/// <summary>A secrets engine of the stand-in.</summary>
/// <param name="Path">With the slash at its end.</param>
/// <param name="Type"><c>kv</c> or <c>database</c>.</param>
/// <param name="Version">Of KV: 1 or 2.</param>
internal sealed record VaultStandInMount(string Path, string Type, int Version)
{
    public Dictionary<string, VaultKvSecret> Secrets { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, VaultDatabaseRole> Roles { get; } = new(StringComparer.Ordinal);
}
