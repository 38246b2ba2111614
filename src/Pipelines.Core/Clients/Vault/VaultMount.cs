namespace Pipelines.Core.Clients.Vault;

/// <summary>Where a secrets engine is mounted.</summary>
/// <param name="Path">With the slash at its end, such as <c>secret/</c>.</param>
/// <param name="Type">Such as <c>kv</c> or <c>database</c>.</param>
/// <param name="IsVersioned">KV version 2, whose reads go to <c>data/</c>.</param>
internal sealed record VaultMount(string Path, string Type, bool IsVersioned)
{
    /// <summary>For messages.</summary>
    public string Name => Type == "kv" ? $"KV v{(IsVersioned ? 2 : 1)} at {Path}" : $"{Type} at {Path}";
}
