namespace Pipelines.Core.Clients.Vault;

/// <summary>How a client token is come by.</summary>
internal enum VaultAuthMethod
{
    Token,
    AppRole,
    Jwt,
    Kubernetes,
}
