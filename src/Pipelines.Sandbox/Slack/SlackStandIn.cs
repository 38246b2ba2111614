using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;
using Pipelines.Core;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.Slack;

/// <summary>Slack's chat.postMessage and chat.update (https://docs.slack.dev/reference/methods/chat.postMessage) and an incoming webhook. Errors come with status 200 and <c>"ok":false</c>, as there.</summary>
internal sealed class SlackStandIn(SlackChannels channels, Secret token, string webhookPath, bool fails) : IStandIn
{
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly byte[] _authorization = Encoding.UTF8.GetBytes("Bearer " + token.Reveal());

    public void FailNextCall(string error) => _errors.Enqueue(error);

    public async Task HandleAsync(HttpContext http)
    {
        string path = http.Request.Path.Value ?? "";
        if (fails)
            await http.TextAsync(500, "Internal Server Error (sandbox fault 'slack')").ConfigureAwait(false);
        else if (_errors.TryDequeue(out string? error))
            await FailAsync(http, error).ConfigureAwait(false);
        else if (!HttpMethods.IsPost(http.Request.Method))
            await http.TextAsync(405, "method_not_allowed").ConfigureAwait(false);
        else if (path == webhookPath)
            await WebhookAsync(http).ConfigureAwait(false);
        else if (path.StartsWith("/services/", StringComparison.Ordinal))
            await http.TextAsync(404, "no_team").ConfigureAwait(false);
        else
            await ApiAsync(http, path).ConfigureAwait(false);
    }

    private async Task ApiAsync(HttpContext http, string path)
    {
        SlackPayload? payload = await SlackPayload.ReadAsync(http).ConfigureAwait(false);
        string authorization = http.Request.Headers.Authorization.ToString();
        string? error = authorization.Length == 0 ? "not_authed"
            : !System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization), _authorization) ? "invalid_auth"
            : payload is null ? "invalid_json"
            : payload.Check();
        string channel = "", timestamp = "";
        if (error is null)
        {
            error = path switch
            {
                "/api/chat.postMessage" => channels.Post(payload!, out channel, out timestamp),
                "/api/chat.update" => channels.Update(payload!, out channel, out timestamp),
                _ => "unknown_method",
            };
        }

        if (error is not null)
        {
            await FailAsync(http, error).ConfigureAwait(false);
            return;
        }

        await http.JsonAsync(200, json =>
        {
            json.WriteBoolean("ok", true);
            json.WriteString("channel", channel);
            json.WriteString("ts", timestamp);
            json.WriteString("text", payload!.Text);
        }).ConfigureAwait(false);
    }

    private async Task WebhookAsync(HttpContext http)
    {
        SlackPayload? payload = await SlackPayload.ReadAsync(http).ConfigureAwait(false);
        string? error = payload is null ? "invalid_payload" : payload.Check();
        if (error is null)
            channels.Add(payload!);
        await http.TextAsync(error is null ? 200 : 400, error ?? "ok").ConfigureAwait(false);
    }

    private static Task FailAsync(HttpContext http, string error)
    {
        bool limited = error == "ratelimited";
        if (limited)
            http.Response.Headers.RetryAfter = "1";
        return http.JsonAsync(limited ? 429 : 200, json =>
        {
            json.WriteBoolean("ok", false);
            json.WriteString("error", error);
        });
    }
}
