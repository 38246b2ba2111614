namespace Pipelines.Core.Clients.Vault;

/// <summary>A client token, masked already.</summary>
/// <param name="Value">The token.</param>
/// <param name="Origin">Where it came from, for messages: <c>the token of VAULT_TOKEN</c>, <c>the AppRole login at auth/approle</c>.</param>
/// <param name="Policies">The policies that the login was answered with; empty where a token was given.</param>
/// <param name="Duration">How long it lives; zero where that is not known, or for ever.</param>
/// <param name="IsRenewable">Whether it may be renewed.</param>
/// <param name="IsOurs">Whether we logged in for it, and so revoke it.</param>
/// <param name="IsBatch">A batch token, which can neither be renewed nor revoked.</param>
internal sealed record VaultToken(Secret Value, string Origin, IReadOnlyList<string> Policies, TimeSpan Duration, bool IsRenewable, bool IsOurs, bool IsBatch)
{
    /// <summary>A record would print the token's own text; a secret prints as <c>***</c> anyway, and this says more.</summary>
    public override string ToString() => Origin;
}
