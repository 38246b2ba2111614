namespace Pipelines.Core;

/// <summary>Where the file is that says whose SSH keys approve: the form of <c>ALLOWED SIGNERS</c> in ssh-keygen(1). It is read from a branch of a remote repository, never from the checkout of the run.</summary>
/// <remarks>Who may push to that branch may add a key. Choose one that takes reviewed changes only; the pipeline's own token should not be able to push to it.</remarks>
/// <param name="Path">The file from the repository's root, such as <c>approvals/allowed-signers</c>.</param>
public sealed record ApprovalSigners(string Path)
{
    /// <summary>The repository's address; null for the manifest repository.</summary>
    /// <value>null</value>
    public string? Repository { get; init; }

    /// <summary>The branch; null for the manifest's in the manifest repository, and <c>main</c> in another one.</summary>
    /// <value>null</value>
    public string? Branch { get; init; }

    /// <summary>The token for https, where <see cref="Repository"/> is set; null for ssh keys and what git itself is configured with.</summary>
    /// <value>null</value>
    public SecretReference? Token { get; init; }
}
