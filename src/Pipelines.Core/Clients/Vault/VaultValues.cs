using System.Text;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Vault;

/// <summary>Values as text. Numbers, true and false, objects and lists are taken as their JSON, as <c>vault kv get -field</c> prints them.</summary>
internal static class VaultValues
{
    public const int Longest = 64 * 1024;

    /// <exception cref="SecretNotFoundException">There is no such key; it names those that there are.</exception>
    /// <exception cref="SecretUnusableException">The value is empty, binary or too large.</exception>
    public static string One(VaultReference reference, VaultContent content)
    {
        string names = content.Values.Count == 0 ? "It has no keys at all." : $"Its keys are: {string.Join(", ", content.Values.Keys.Order(StringComparer.Ordinal))}.";
        if (reference.Key is not { } key)
            throw new InvalidUsageException($"The secret {reference.Text} does not say which key is meant.", $"  {content.Place}: {names}", $"Write {reference.Text}#key, or read all of them with GetSetAsync.");
        return content.Values.TryGetValue(key, out JsonElement value)
            ? Text(reference.Text, key, value)
            : throw new SecretNotFoundException(reference.Text, $"{content.Place} has no key '{key}'.{NearestName.Suggestion(key, content.Values.Keys)}", names);
    }

    public static IReadOnlyDictionary<string, string> All(VaultReference reference, VaultContent content)
    {
        if (reference.Key is not null)
            throw new InvalidUsageException($"The secret {reference.Text} is one value, not a set of them.", null, "Leave out '#' and what follows to read all keys of the path, or read this one with GetAsync.");
        return content.Values.ToDictionary(pair => pair.Key, pair => Text(reference.Text, pair.Key, pair.Value), StringComparer.Ordinal);
    }

    private static string Text(SecretReference reference, string key, JsonElement value)
    {
        string? text;
        try
        {
            text = value.ValueKind switch
            {
                JsonValueKind.Null or JsonValueKind.Undefined => null,
                JsonValueKind.String => value.GetString(),
                _ => value.GetRawText(),
            };
        }
        catch (InvalidOperationException) // half a surrogate pair; the error could show it
        {
            throw NotText(reference, $"The value of '{key}' is not Unicode text.");
        }

        if (string.IsNullOrEmpty(text))
            throw new SecretUnusableException(reference, $"The key '{key}' is there, but {(text is null ? "null" : "empty")}.", "Write a value: vault kv patch keeps the other keys.");
        if (text.Contains('\0', StringComparison.Ordinal))
            throw NotText(reference, $"The value of '{key}' holds a NUL character.");
        return Encoding.UTF8.GetByteCount(text) <= Longest
            ? text
            : throw new SecretUnusableException(reference, $"The value of '{key}' is larger than {Longest / 1024} KB.", "A secret is a password, a key or a certificate: keep larger things elsewhere, and the key to them here.");
    }

    private static SecretUnusableException NotText(SecretReference reference, string evidence) =>
        new(reference, evidence, "Only text can be a secret. Store binary data, such as a keystore, as base64 and decode it where it is used.");
}
