namespace Pipelines.Core.Clients.Slack;

/// <summary>A block of Slack's Block Kit with text in its markup (<see cref="SlackText"/>).</summary>
/// <param name="Markdown">The text; at most <see cref="SlackText.MaxSection"/> characters.</param>
/// <param name="IsContext">Whether it is small print.</param>
internal sealed record SlackBlock(string Markdown, bool IsContext = false);
