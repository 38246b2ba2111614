using System.Net;
using System.Text.Json;

namespace Pipelines.Core.Clients.Vault;

/// <summary>What Vault answered. <c>200</c> and <c>204</c> are success; errors are <c>{"errors":["…"]}</c>: https://developer.hashicorp.com/vault/api-docs#http-status-codes.</summary>
/// <param name="Status">The status.</param>
/// <param name="Root">The body; undefined where there is none.</param>
internal sealed record VaultAnswer(HttpStatusCode Status, JsonElement Root)
{
    private const int LongestError = 400;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public bool IsDenied => Status == HttpStatusCode.Forbidden;

    public bool IsMissing => Status == HttpStatusCode.NotFound;

    /// <summary>Vault's own words; empty where it said nothing.</summary>
    public string Errors => string.Join("; ", Texts("errors"));

    public string Warnings => string.Join("; ", Texts("warnings"));

    public JsonElement Data => Get(Root, "data");

    /// <summary>The status and Vault's own words, for the evidence of an error.</summary>
    public string Told => Errors.Length > 0 ? $"  HTTP {(int)Status}: {Errors}" : $"  HTTP {(int)Status}";

    public static JsonElement Get(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) ? value : default;

    public static string? Text(JsonElement parent, string name) =>
        Get(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static bool IsTrue(JsonElement parent, string name) => Get(parent, name).ValueKind == JsonValueKind.True;

    /// <summary>A number of seconds; 0 where there is none.</summary>
    public static TimeSpan Seconds(JsonElement parent, string name) =>
        Get(parent, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long seconds) && seconds is > 0 and < int.MaxValue ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;

    public bool Says(string words) => Errors.Contains(words, StringComparison.OrdinalIgnoreCase);

    private IEnumerable<string> Texts(string name)
    {
        JsonElement list = Get(Root, name);
        if (list.ValueKind != JsonValueKind.Array)
            yield break;
        foreach (JsonElement item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
                continue;
            string text = item.GetString()!.ReplaceLineEndings(" ").Trim();
            yield return text.Length > LongestError ? text[..LongestError] + "…" : text;
        }
    }
}
