namespace Pipelines.Core.Stages.Scan;

/// <summary>One finding that may pass for a while.</summary>
/// <param name="Id">The finding.</param>
/// <param name="Reason">Why.</param>
/// <param name="Expires">The last day it counts.</param>
/// <param name="Line">Where it stands in the file.</param>
internal sealed record ScanIgnoreEntry(string Id, string Reason, DateOnly Expires, long Line);
