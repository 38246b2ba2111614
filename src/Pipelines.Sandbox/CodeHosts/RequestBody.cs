using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Pipelines.Sandbox.CodeHosts;

/// <summary>The properties of a request's JSON body that are texts.</summary>
internal static class RequestBody
{
    /// <summary>Null where it is no JSON object.</summary>
    public static async Task<IReadOnlyDictionary<string, string>?> ReadAsync(HttpContext http)
    {
        try
        {
            using JsonDocument document = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted).ConfigureAwait(false);
            return document.RootElement.ValueKind != JsonValueKind.Object
                ? null
                : document.RootElement.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.String).ToDictionary(property => property.Name, property => property.Value.GetString()!, StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>An array of objects as the answer.</summary>
    public static async Task ArrayAsync<T>(HttpContext http, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (T item in items)
            {
                json.WriteStartObject();
                write(json, item);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(buffer.ToArray(), http.RequestAborted).ConfigureAwait(false);
    }
}
