namespace Pipelines.Core.Secrets;

/// <summary>Bytes that must not be seen, by their place in a buffer.</summary>
/// <param name="Start">The first of them.</param>
/// <param name="End">The first after them.</param>
internal readonly record struct MatchSpan(int Start, int End);
