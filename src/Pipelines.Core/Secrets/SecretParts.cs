using System.Text.Json;

namespace Pipelines.Core.Secrets;

/// <summary>What of a secret's value must not be seen: the whole, each of its lines, where it is JSON each string in it but not the punctuation (runner#326, #1488), and where it is an address
/// or a connection string the password in it.</summary>
internal static class SecretParts
{
    private const int DeepestJson = 16;

    private static readonly JsonDocumentOptions s_json = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 };

    public static IReadOnlyList<string> Of(string value, CommonValues common)
    {
        var parts = new HashSet<string>(StringComparer.Ordinal);
        Collect(value, common, parts, DeepestJson);
        return [.. parts];
    }

    private static void Collect(string value, CommonValues common, HashSet<string> parts, int depth)
    {
        if (common.WhyNotMasked(value) is not null)
            return;
        string trimmed = value.Trim();
        AddWithEveryLineEnd(value, parts);
        AddWithEveryLineEnd(trimmed, parts);
        if (depth > 0 && trimmed[0] is '{' or '[' && TryCollectJson(trimmed, common, parts, depth))
            return;
        foreach (string password in InnerPasswords.Of(trimmed))
            if (common.WhyNotMasked(password) is null)
                parts.Add(password);
        string[] lines = value.Split('\r', '\n');
        if (lines.Length == 1)
            return;
        foreach (string line in lines)
        {
            string part = line.Trim();
            if (part.Any(char.IsLetterOrDigit) && common.WhyNotMasked(part) is null)
                parts.Add(part);
        }
    }

    private static bool TryCollectJson(string text, CommonValues common, HashSet<string> parts, int depth)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text, s_json);
        }
        catch (JsonException)
        {
            return false;
        }

        using (document)
            CollectStrings(document.RootElement, common, parts, depth);
        return true;
    }

    private static void CollectStrings(JsonElement element, CommonValues common, HashSet<string> parts, int depth)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String when TryGetString(element) is { } text:
                Collect(text, common, parts, depth - 1);
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                    CollectStrings(item, common, parts, depth);
                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                    CollectStrings(property.Value, common, parts, depth);
                break;
            default:
                break; // numbers, true, false and null are no secrets by themselves
        }
    }

    private static string? TryGetString(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException) // half a surrogate pair
        {
            return null;
        }
    }

    private static void AddWithEveryLineEnd(string value, HashSet<string> parts)
    {
        parts.Add(value);
        if (value.AsSpan().IndexOfAny('\r', '\n') < 0)
            return;
        string unix = value.ReplaceLineEndings("\n");
        parts.Add(unix);
        parts.Add(unix.Replace("\n", "\r\n", StringComparison.Ordinal));
    }
}
