using System.Globalization;
using System.Text;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Aws;

/// <summary>Checks what a store gave, and picks from JSON. Messages name keys and lengths, never values.</summary>
internal static class AwsSecretValue
{
    /// <summary>What Secrets Manager holds at most, in bytes.</summary>
    public const int Largest = 64 * 1024;

    /// <summary>The value, if it is usable.</summary>
    /// <param name="reference">What was read.</param>
    /// <param name="value">The value.</param>
    /// <param name="of">Which part of it, as the start of a sentence.</param>
    public static string Check(SecretReference reference, string value, string of = "Its value")
    {
        if (value.Length == 0)
            throw new SecretUnusableException(reference, $"{of} is empty.", "Store a value, or point the reference at another secret.");
        if (value.Contains('\0', StringComparison.Ordinal))
            throw new SecretUnusableException(reference, $"{of} holds a NUL character.", "No environment variable or file of settings can carry it. Store binary data as base64 and decode it where it is used.");
        int bytes = Encoding.UTF8.GetByteCount(value);
        return bytes <= Largest
            ? value
            : throw new SecretUnusableException(reference, string.Create(CultureInfo.InvariantCulture, $"{of} has {bytes} bytes; a secret has {Largest} at most."), "Keep large data elsewhere, and only its key as a secret.");
    }

    /// <summary>One string of a JSON secret.</summary>
    public static string Pick(SecretReference reference, string text, string key)
    {
        using JsonDocument document = Parse(reference, text, $"'#{key}' asks for a key of a JSON object");
        JsonElement root = document.RootElement;
        if (!root.TryGetProperty(key, out JsonElement value))
        {
            string[] keys = [.. root.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)];
            throw new SecretNotFoundException(
                reference,
                $"The JSON has no key '{key}'.{NearestName.Suggestion(key, keys)}",
                keys.Length == 0 ? "It has no keys at all." : $"Its keys are: {string.Join(", ", keys)}.");
        }

        return value.ValueKind == JsonValueKind.String
            ? Check(reference, value.GetString()!, $"The value of '{key}'")
            : throw new SecretUnusableException(reference, $"The value of '{key}' is {Kind(value.ValueKind)}, and only a string can be a secret.", $"Store it in quotes, or read the whole secret without '#{key}'.");
    }

    /// <summary>All strings of a JSON secret.</summary>
    public static IReadOnlyDictionary<string, string> All(SecretReference reference, string text)
    {
        using JsonDocument document = Parse(reference, text, "a set is read from a JSON object");
        var strings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
            if (property.Value.ValueKind == JsonValueKind.String)
                strings[property.Name] = Check(reference, property.Value.GetString()!, $"The value of '{property.Name}'");
        return strings.Count > 0
            ? strings
            : throw new SecretUnusableException(reference, "The JSON object holds no string.", "A set takes the strings of the object, by key. Numbers, lists and nested objects are no secrets.");
    }

    private static JsonDocument Parse(SecretReference reference, string text, string why)
    {
        try
        {
            var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            string kind = Kind(document.RootElement.ValueKind);
            document.Dispose();
            throw new SecretUnusableException(reference, $"It is JSON, but {kind}, and {why}.", "Store an object such as {\"key\": \"…\"}, or read it whole.");
        }
        catch (JsonException)
        {
            throw new SecretUnusableException(reference, $"It is no JSON, and {why}.", "Store an object such as {\"key\": \"…\"}, or read it whole."); // the original error shows a part of the text
        }
    }

    private static string Kind(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a string",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
