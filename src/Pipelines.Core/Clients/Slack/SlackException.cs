namespace Pipelines.Core;

/// <summary>Slack did not take a message.</summary>
public sealed class SlackException : PipelineException
{
    internal SlackException(string error, bool isTransient, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base($"Slack did not take the message: {error}.", null, AdviceFor(error), innerException)
    {
        Error = error;
        IsTransient = isTransient;
        RetryAfter = retryAfter;
    }

    /// <summary>Slack's word for it, such as <c>channel_not_found</c>, or what happened to the request.</summary>
    public string Error { get; }

    /// <inheritdoc/>
    public override bool IsTransient { get; }

    /// <summary>How long Slack asks to wait; null where it does not.</summary>
    internal TimeSpan? RetryAfter { get; }

    // https://docs.slack.dev/reference/methods/chat.postMessage#errors
    private static string AdviceFor(string error) => error switch
    {
        "invalid_auth" or "not_authed" or "account_inactive" or "token_revoked" or "token_expired" or "no_permission" =>
            "Check the bot token (xoxb-…) that the Slack settings refer to: it is wrong, expired or revoked.",
        "not_allowed_token_type" => "Use a bot token (xoxb-…).",
        "channel_not_found" => "Check the channel's name. A private channel must have the bot as a member first: /invite it there.",
        "not_in_channel" => "Type /invite with the bot's name in the channel, or give the bot the scope chat:write.public.",
        "is_archived" => "The channel is archived: name another one.",
        "missing_scope" => "Give the bot the scope chat:write and install the app again.",
        "no_team" or "no_service" or "invalid_token" or "action_prohibited" => "Check the webhook's address: it was revoked or mistyped.",
        _ => "The run is not affected.",
    };
}
