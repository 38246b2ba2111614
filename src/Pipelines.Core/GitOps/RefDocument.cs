namespace Pipelines.Core.GitOps;

/// <summary>A document under a git ref.</summary>
/// <param name="Name">The ref's full name.</param>
/// <param name="Commit">The commit it points at: what a change of it must expect.</param>
/// <param name="Text">The document.</param>
internal sealed record RefDocument(string Name, string Commit, string Text);
