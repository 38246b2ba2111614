using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Pipelines.Core.Clients.Http;

namespace Pipelines.Core.Clients.Slack;

/// <summary>One request to Slack, with its errors told apart. No message ever holds the address: a webhook's is a secret.</summary>
internal static class SlackRequest
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    public static byte[] Write(SlackContent content, Action<Utf8JsonWriter> more)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("text", SlackText.Cut(content.Text, SlackText.MaxText));
            json.WriteStartArray("blocks");
            foreach (SlackBlock block in content.Blocks.Take(SlackText.MaxBlocks))
                Write(json, block);
            json.WriteEndArray();
            more(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    public static async Task<(HttpStatusCode Status, string Body)> SendAsync(Uri address, byte[] body, Secret? token, TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(s_timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        try
        {
            using HttpResponseMessage response = await SharedHttp.Client.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token).ConfigureAwait(false);
            string text = await response.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? (response.StatusCode, text) : throw Explain(response, text, time);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SlackException($"no answer within {s_timeout.TotalSeconds:0} s", isTransient: true);
        }
        catch (HttpRequestException error)
        {
            throw new SlackException($"it can't be reached ({error.HttpRequestError})", isTransient: true, innerException: error.InnerException);
        }
    }

    private static SlackException Explain(HttpResponseMessage response, string text, TimeProvider time)
    {
        TimeSpan? wait = response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date is { } date ? date - time.GetUtcNow() : null);
        bool isTransient = Model.TransientErrors.IsTransient(response.StatusCode);
        // A webhook answers with one word, such as no_team.
        bool isWord = text.Length is > 0 and < 40 && text.All(character => char.IsAsciiLetterLower(character) || character == '_');
        return new SlackException(isWord ? text : $"status {(int)response.StatusCode}", isTransient, wait > TimeSpan.Zero ? wait : null);
    }

    private static void Write(Utf8JsonWriter json, SlackBlock block)
    {
        json.WriteStartObject();
        json.WriteString("type", block.IsContext ? "context" : "section");
        if (block.IsContext)
            json.WriteStartArray("elements");
        else
            json.WritePropertyName("text");
        json.WriteStartObject();
        json.WriteString("type", "mrkdwn");
        json.WriteString("text", SlackText.Cut(block.Markdown, SlackText.MaxSection));
        json.WriteEndObject();
        if (block.IsContext)
            json.WriteEndArray();
        json.WriteEndObject();
    }
}
