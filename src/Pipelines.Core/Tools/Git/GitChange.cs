namespace Pipelines.Core.Tools.Git;

/// <summary>What a commit does to one file.</summary>
/// <param name="Path">The file, from the root.</param>
/// <param name="Content">What it holds from then on; null where it is taken away.</param>
/// <param name="Mode">Its mode.</param>
internal sealed record GitChange(string Path, byte[]? Content, string Mode = "100644");
