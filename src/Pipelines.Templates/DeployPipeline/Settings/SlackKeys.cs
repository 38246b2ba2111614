using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>How Slack hears of runs.</summary>
internal sealed class SlackKeys(SettingsSchema schema)
{
    public Setting<SecretReference> Token { get; } = schema.Secret("slack.token", "the bot token that posts to the channel", "env://SLACK_TOKEN");

    public Setting<SecretReference> Webhook { get; } = schema.Secret("slack.webhook", "a webhook instead of the token: one message at the end");
}
