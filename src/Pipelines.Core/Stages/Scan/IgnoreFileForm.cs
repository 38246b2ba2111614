namespace Pipelines.Core.Stages.Scan;

/// <summary>What an ignore list's entries look like.</summary>
/// <param name="Keys">Their keys, the first one first.</param>
/// <param name="Needs">What an entry must have, for messages.</param>
/// <param name="Example">One entry, for messages.</param>
internal sealed record IgnoreFileForm(IReadOnlyList<string> Keys, string Needs, string Example);
