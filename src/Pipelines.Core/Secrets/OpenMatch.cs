namespace Pipelines.Core.Secrets;

/// <summary>A pattern of which only the beginning has come yet, or whose end may still take a byte along.</summary>
/// <param name="Start">Where it starts in the buffer.</param>
/// <param name="Pattern">Its number.</param>
/// <param name="Matched">How many of its bytes have come.</param>
internal readonly record struct OpenMatch(int Start, int Pattern, int Matched);
