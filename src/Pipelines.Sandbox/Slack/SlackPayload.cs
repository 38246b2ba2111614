using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Pipelines.Sandbox.Slack;

/// <summary>The arguments of a call, from a JSON or a form body.</summary>
internal sealed record SlackPayload(string Channel, string Timestamp, string Text, string? Blocks)
{
    // https://docs.slack.dev/reference/block-kit/blocks
    private const int MaxBlocks = 50;
    private const int MaxSectionText = 3000;
    private const int MaxText = 40_000;

    /// <summary>Reads the body; null where it is neither JSON nor a form.</summary>
    public static async Task<SlackPayload?> ReadAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        string body = await reader.ReadToEndAsync(http.RequestAborted).ConfigureAwait(false);
        if (http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
        {
            Dictionary<string, string> form = body.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
                .GroupBy(pair => Decode(pair[0]), StringComparer.Ordinal).ToDictionary(group => group.Key, group => Decode(group.Last().ElementAtOrDefault(1) ?? ""), StringComparer.Ordinal);
            return form.TryGetValue("payload", out string? payload)
                ? Parse(payload)
                : new SlackPayload(form.GetValueOrDefault("channel", ""), form.GetValueOrDefault("ts", ""), form.GetValueOrDefault("text", ""), form.GetValueOrDefault("blocks"));
        }

        return Parse(body);
    }

    /// <summary>The error that Slack would answer with; null where the message is well formed.</summary>
    public string? Check()
    {
        if (Text.Length == 0 && Blocks is null)
            return "no_text";
        if (Text.Length > MaxText)
            return "msg_too_long";
        if (Blocks is null)
            return null;
        try
        {
            using var document = JsonDocument.Parse(Blocks);
            if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.GetArrayLength() > MaxBlocks)
                return "invalid_blocks";
            foreach (JsonElement block in document.RootElement.EnumerateArray())
                if (!block.TryGetProperty("type", out _) || (block.TryGetProperty("text", out JsonElement text) && text.GetProperty("text").GetString() is not { Length: > 0 and <= MaxSectionText }))
                    return "invalid_blocks";
            return null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return "invalid_blocks_format";
        }
    }

    private static SlackPayload? Parse(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object
                ? new SlackPayload(Get(root, "channel"), Get(root, "ts"), Get(root, "text"), root.TryGetProperty("blocks", out JsonElement blocks) ? blocks.GetRawText() : null)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Get(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
