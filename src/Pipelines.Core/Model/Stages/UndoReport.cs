namespace Pipelines.Core;

/// <summary>What an undo did.</summary>
/// <param name="Changed">Whether anything outside the machine was changed back.</param>
/// <param name="Summary">A sentence for a person on call: what was undone and what is running now, or why nothing was to be undone.</param>
public sealed record UndoReport(bool Changed, string Summary);
