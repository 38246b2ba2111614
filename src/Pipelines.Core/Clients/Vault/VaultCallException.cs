namespace Pipelines.Core.Clients.Vault;

/// <summary>A call of Vault's API did not work. The source of secrets turns it into an error that names the reference.</summary>
internal sealed class VaultCallException : PipelineException
{
    public VaultCallException(string what, string? evidence, string advice, bool transient = false, Exception? innerException = null)
        : base(what, evidence, advice, innerException) => IsTransient = transient;

    /// <summary>Set where Vault knows who asks, and refuses it: a login, or a token that has ended.</summary>
    public string? DeniedIdentity { get; init; }

    /// <summary>What the refused one lacks.</summary>
    public string? MissingPermission { get; init; }

    public override bool IsTransient { get; }

    public override FailureKind Kind => DeniedIdentity is null ? FailureKind.Failed : FailureKind.MissingPrerequisite;
}
