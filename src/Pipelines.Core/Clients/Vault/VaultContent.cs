using System.Text.Json;

namespace Pipelines.Core.Clients.Vault;

/// <summary>What was read at one path.</summary>
/// <param name="Place">The path of the API, such as <c>secret/data/prod/stripe</c>.</param>
/// <param name="Values">Its keys and values.</param>
/// <param name="Lease">The lease that comes with dynamic credentials; null for all else.</param>
internal sealed record VaultContent(string Place, IReadOnlyDictionary<string, JsonElement> Values, VaultLease? Lease)
{
    /// <summary>Its place and how much there is.</summary>
    public override string ToString() => $"{Place}: {Values.Count} keys";
}
