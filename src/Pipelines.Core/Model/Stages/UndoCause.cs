namespace Pipelines.Core.Model;

/// <summary>Why what a stage did is taken back.</summary>
/// <param name="Stage">The stage that did not succeed.</param>
/// <param name="Reason">What that says about what was deployed.</param>
internal sealed record UndoCause(string Stage, UndoReason Reason);
