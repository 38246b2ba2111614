using System.Text.Json;

namespace Pipelines.Core.Clients.Slack;

/// <summary>Slack's Web API with a bot token: https://docs.slack.dev/reference/methods/chat.postMessage and https://docs.slack.dev/reference/methods/chat.update.</summary>
internal sealed class SlackApi(Uri baseAddress, string channel, Secret token, TimeProvider time) : ISlackSender
{
    public static Uri DefaultAddress { get; } = new("https://slack.com/api/");

    private (string Channel, string Timestamp)? _sent;

    public bool CanUpdate => true;

    public async Task SendAsync(SlackContent content, CancellationToken cancellationToken)
    {
        bool update = _sent is not null;
        var method = new Uri(baseAddress.AbsoluteUri.TrimEnd('/') + (update ? "/chat.update" : "/chat.postMessage"));
        byte[] body = SlackRequest.Write(content, json =>
        {
            json.WriteString("channel", _sent?.Channel ?? channel); // an update wants the id that the post was answered with
            if (_sent is { } sent)
                json.WriteString("ts", sent.Timestamp);
            else
                json.WriteBoolean("unfurl_links", false);
        });
        (_, string text) = await SlackRequest.SendAsync(method, body, token, time, cancellationToken).ConfigureAwait(false);
        try
        {
            using var answer = JsonDocument.Parse(text);
            JsonElement root = answer.RootElement;
            if (!root.GetProperty("ok").GetBoolean())
            {
                string error = root.TryGetProperty("error", out JsonElement named) ? named.GetString() ?? "" : "an error without a name";
                throw new SlackException(error, error is "ratelimited" or "rate_limited" or "internal_error" or "fatal_error" or "service_unavailable" or "request_timeout");
            }

            _sent = (root.GetProperty("channel").GetString()!, root.GetProperty("ts").GetString()!);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new SlackException($"{method.Host} answered with something that is not Slack's", isTransient: false, innerException: error);
        }
    }
}
