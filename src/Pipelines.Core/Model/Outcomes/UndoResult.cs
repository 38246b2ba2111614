namespace Pipelines.Core;

/// <summary>How the undo of one stage ended.</summary>
/// <param name="Stage">The stage whose effect was taken back.</param>
/// <param name="Because">The stage that did not succeed.</param>
/// <param name="Report">What was undone; null where the undo failed.</param>
/// <param name="Failure">Why the undo failed; null where it did not.</param>
/// <param name="Duration">How long it took.</param>
public sealed record UndoResult(string Stage, string Because, UndoReport? Report, Failure? Failure, TimeSpan Duration);
