namespace Pipelines.Core.Clients.Slack;

/// <summary>An incoming webhook, which takes messages and can't change them: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks.</summary>
internal sealed class SlackWebhook(Secret address, TimeProvider time) : ISlackSender
{
    public bool CanUpdate => false;

    public Task SendAsync(SlackContent content, CancellationToken cancellationToken) =>
        Uri.TryCreate(address.Reveal(), UriKind.Absolute, out Uri? url) && url.Scheme is "https" or "http"
            ? SlackRequest.SendAsync(url, SlackRequest.Write(content, _ => { }), null, time, cancellationToken)
            : throw new SlackException($"what {address.Source} holds is no address of a webhook", isTransient: false);
}
