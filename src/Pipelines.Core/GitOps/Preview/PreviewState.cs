namespace Pipelines.Core.GitOps.Preview;

/// <summary>A preview as the manifest repository has it.</summary>
/// <param name="Number">The pull request.</param>
/// <param name="File">Its file.</param>
/// <param name="Tag">The tag; null where the file holds none.</param>
/// <param name="Note">What the file says of itself.</param>
/// <param name="Bytes">The file: what somebody decided on is what may be removed.</param>
internal sealed record PreviewState(int Number, string File, string? Tag, PreviewNote Note, byte[] Bytes);
