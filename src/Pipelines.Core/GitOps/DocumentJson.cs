using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pipelines.Core.GitOps;

/// <summary>The documents' JSON: one line, ASCII only, so that its bytes are the same everywhere; read without trust.</summary>
internal static class DocumentJson
{
    public static string Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads a document of version 1; null where it is none.</summary>
    public static T? TryRead<T>(string text, Func<JsonElement, T> read, bool versioned = true) where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object || (versioned && (!root.TryGetProperty("version", out JsonElement version) || version.ValueKind != JsonValueKind.Number || version.GetInt32() != 1)) ? null : read(root);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new KeyNotFoundException(name);

    public static string? Find(this JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static DateTimeOffset Time(this JsonElement json, string name) =>
        DateTimeOffset.Parse(json.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
