using System.Text.Json;

namespace Pipelines.Sandbox.Vault;

/// <summary>One request as Vault sees it.</summary>
/// <param name="Method"><c>GET</c>, <c>LIST</c>, <c>POST</c> (and <c>PUT</c>, which is the same).</param>
/// <param name="Path">Below <c>/v1/</c>, with its escapes undone.</param>
/// <param name="Namespace">Empty for the root.</param>
/// <param name="Version"><c>?version=</c>; null for none.</param>
/// <param name="Body">The request's object; undefined where there is none.</param>
internal sealed record VaultRequest(string Method, string Path, string Namespace, int? Version, JsonElement Body)
{
    /// <summary>The capability that it takes: https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities.</summary>
    public string Capability => Method switch
    {
        "GET" => "read",
        "LIST" => "list",
        _ => "update",
    };

    public string? Text(string name) => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public long Number(string name) => Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty(name, out JsonElement value) && value.TryGetInt64(out long number) ? number : 0;

    public override string ToString() => $"{Method} {Path}";
}
