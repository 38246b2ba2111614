namespace Pipelines.Sandbox;

/// <summary>A message that would stand in a Slack channel.</summary>
/// <param name="Channel">The channel as the sender named it; <c>webhook</c> for one that came through the webhook.</param>
/// <param name="Timestamp">Slack's <c>ts</c>, which is the message's id in its channel.</param>
/// <param name="Text">The text, as it stands after the last update.</param>
/// <param name="Blocks">The blocks as JSON; null where there are none.</param>
/// <param name="Updates">How often it was updated in place.</param>
public sealed record SlackMessage(string Channel, string Timestamp, string Text, string? Blocks, int Updates);
