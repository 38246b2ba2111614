namespace Pipelines.Core.Tools.Ssh;

/// <summary>What became of a signature's check.</summary>
/// <param name="Fingerprint">The key's, <c>SHA256:…</c>, where the signature is good.</param>
/// <param name="Problem">What is wrong with it otherwise.</param>
internal sealed record SshVerdict(string? Fingerprint, string? Problem);
