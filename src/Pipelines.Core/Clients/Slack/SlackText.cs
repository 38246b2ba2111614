namespace Pipelines.Core.Clients.Slack;

/// <summary>Slack's markup "mrkdwn" and its limits: https://docs.slack.dev/messaging/formatting-message-text and https://docs.slack.dev/reference/block-kit/blocks.</summary>
internal static class SlackText
{
    public const int MaxSection = 3000;
    public const int MaxBlocks = 50;
    public const int MaxText = 4000;

    /// <summary>The three characters that Slack gives a meaning to; nothing in a text can then mention people or be a link.</summary>
    public static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    public static string Link(Uri address, string text) =>
        $"<{Escape(address.AbsoluteUri).Replace("|", "%7C", StringComparison.Ordinal)}|{Escape(text)}>";

    /// <summary>Code in a line: Slack knows no way to escape a back quote.</summary>
    public static string Code(string text) => $"`{Escape(text).Replace('`', '\'').ReplaceLineEndings(" ")}`";

    public static string CodeBlock(string text, int length) => $"```{Cut(Escape(text).Replace("```", "'''", StringComparison.Ordinal), length)}```";

    /// <summary>Cuts a text, never in the middle of an escaped character or of a surrogate pair.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
            return text;
        int end = length - 1;
        int entity = text.LastIndexOf('&', end - 1, Math.Min(5, end));
        if (entity >= 0 && text.IndexOf(';', entity) >= end)
            end = entity;
        if (end > 0 && char.IsHighSurrogate(text[end - 1]))
            end--;
        return text[..end] + "…";
    }
}
