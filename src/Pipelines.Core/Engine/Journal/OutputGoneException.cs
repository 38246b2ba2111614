namespace Pipelines.Core.Engine.Journal;

/// <summary>An output that was kept cannot be made again from what is there now.</summary>
/// <param name="reason">Why, as the end of a sentence.</param>
internal sealed class OutputGoneException(string reason) : Exception(reason);
