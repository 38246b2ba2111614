using System.Buffers.Text;
using System.Text.Json;

namespace Pipelines.Core.Clients.Oidc;

/// <summary>What a JSON Web Token says of itself (RFC 7519 §4.1). Nothing is verified here: whoever is shown the token does that. These are no secrets; the token is.</summary>
/// <param name="Issuer">The CI system, such as <c>https://token.actions.githubusercontent.com</c>.</param>
/// <param name="Subject">Who it names, such as <c>repo:org/repo:ref:refs/heads/main</c>.</param>
/// <param name="Audiences">Whom it is for.</param>
/// <param name="Expires">When it ends; null where it does not say.</param>
internal sealed record TokenClaims(string? Issuer, string? Subject, IReadOnlyList<string> Audiences, DateTimeOffset? Expires)
{
    /// <summary>The claims; null for what is no JSON Web Token.</summary>
    public static TokenClaims? TryRead(string token)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 3 || parts.Any(part => part.Length == 0))
            return null;
        try
        {
            using JsonDocument payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            JsonElement root = payload.RootElement;
            return root.ValueKind == JsonValueKind.Object ? new TokenClaims(Text(root, "iss"), Text(root, "sub"), AudiencesOf(root), ExpiryOf(root)) : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>In a message: subject and audience.</summary>
    public string Describe() => $"sub {Subject ?? "-"}, aud {(Audiences.Count == 0 ? "-" : string.Join(", ", Audiences))}";

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IReadOnlyList<string> AudiencesOf(JsonElement root) => !root.TryGetProperty("aud", out JsonElement audience) ? [] : audience.ValueKind switch
    {
        JsonValueKind.String => [audience.GetString()!],
        JsonValueKind.Array => [.. audience.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!)],
        _ => [],
    };

    private static DateTimeOffset? ExpiryOf(JsonElement root) =>
        root.TryGetProperty("exp", out JsonElement expiry) && expiry.ValueKind == JsonValueKind.Number && expiry.TryGetDouble(out double seconds) && seconds is > 0 and < 253402300799
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;
}
