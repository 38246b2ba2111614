using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Pipelines.Sandbox.Hosting;

/// <summary>Answers in JSON, written by hand: reflection-based serialisers cost more than a whole run of the sandbox.</summary>
internal static class Answers
{
    public static async Task JsonAsync(this HttpContext http, int status, Action<Utf8JsonWriter> write, string contentType = "application/json")
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        byte[] body = Bytes(write);
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.Body.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
    }

    public static byte[] Bytes(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    public static async Task TextAsync(this HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(text, http.RequestAborted).ConfigureAwait(false);
    }
}
