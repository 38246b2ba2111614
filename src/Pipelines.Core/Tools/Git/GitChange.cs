namespace Pipelines.Core.Tools.Git;

/// <summary>The commits of a change.</summary>
/// <param name="Range">What git calls them, such as <c>a..b</c>; null where there are none to see.</param>
/// <param name="DefaultBranch">The branch they left; null where the clone knows none.</param>
/// <param name="IsShallow">Whether the clone lacks older commits.</param>
internal sealed record GitChange(string? Range, string? DefaultBranch, bool IsShallow);
