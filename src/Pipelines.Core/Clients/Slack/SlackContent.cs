namespace Pipelines.Core.Clients.Slack;

/// <summary>A message: the text for notifications, and the blocks that people see.</summary>
internal sealed record SlackContent(string Text, IReadOnlyList<SlackBlock> Blocks);
