namespace Pipelines.Core.Model;

/// <summary>Why what a stage did is taken back.</summary>
/// <param name="Stage">The stage that did not succeed.</param>
/// <param name="IsVerdict">Whether it failed or ran out of time; false where it was cancelled or never ran, which says nothing against what was deployed.</param>
internal sealed record UndoCause(string Stage, bool IsVerdict);
