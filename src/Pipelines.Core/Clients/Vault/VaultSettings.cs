using System.Net;

namespace Pipelines.Core.Clients.Vault;

/// <summary>Which Vault, in the variables that the vault CLI knows: https://developer.hashicorp.com/vault/docs/commands#environment-variables.</summary>
internal sealed record VaultSettings
{
    /// <summary>With a path where a proxy puts Vault below one.</summary>
    public required Uri Address { get; init; }

    public string? Namespace { get; init; }

    /// <summary>A PEM file with the authorities to trust in place of the system's.</summary>
    public string? CaCertificate { get; init; }

    /// <summary>The address and the namespace, for messages.</summary>
    public string Name => Namespace is null ? $"Vault at {Address.AbsoluteUri}" : $"Vault at {Address.AbsoluteUri}, namespace {Namespace}";

    /// <summary>Where it was looked, and the hint that most wrong paths need.</summary>
    public string NamespaceHint => Namespace is null
        ? "It was looked for in the root namespace: set VAULT_NAMESPACE if the mount is in another (HCP Vault: admin)."
        : $"It was looked for in the namespace {Namespace} (VAULT_NAMESPACE): check that the mount is in it.";

    /// <exception cref="InvalidUsageException">The address is missing or unusable.</exception>
    public static VaultSettings From(IReadOnlyDictionary<string, string> variables)
    {
        string? address = variables.GetValueOrDefault("VAULT_ADDR");
        if (string.IsNullOrWhiteSpace(address))
            throw new InvalidUsageException("Secrets are to be read from Vault, but it is not known where Vault is.", "VAULT_ADDR is not set.", "Set VAULT_ADDR to its address, such as https://vault.example.com:8200.");
        if (!Uri.TryCreate(address.Trim(), UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http") || uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            throw new InvalidUsageException("VAULT_ADDR is no address of Vault.", "It is not of the form https://host[:port], or it has a user, a query or a fragment in it.", "Set it to the address alone, such as https://vault.example.com:8200.");
        if (!IsSafe(uri))
            throw new InvalidUsageException($"VAULT_ADDR is {uri.AbsoluteUri}: plain http, which shows every secret to the network.", "http is for Vault on this machine only (127.0.0.1, ::1, localhost).", "Give the address with https; VAULT_CACERT names the file of your own authority.");
        string? ns = variables.GetValueOrDefault("VAULT_NAMESPACE")?.Trim().Trim('/');
        if (ns is { Length: > 0 } && ns.Any(character => char.IsControl(character) || character > '~' || character == ' '))
            throw new InvalidUsageException("VAULT_NAMESPACE is no namespace of Vault.", "It has a space or another character in it that no namespace has.", "Set it to the path of the namespace, such as admin/team.");
        string? certificate = variables.GetValueOrDefault("VAULT_CACERT");
        return new VaultSettings
        {
            Address = new Uri(uri.AbsoluteUri.TrimEnd('/') + "/"),
            Namespace = string.IsNullOrEmpty(ns) ? null : ns,
            CaCertificate = string.IsNullOrWhiteSpace(certificate) ? null : certificate,
        };
    }

    /// <summary>Whether secrets may be sent there.</summary>
    public static bool IsSafe(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (IPAddress.TryParse(address.DnsSafeHost, out IPAddress? ip) ? IPAddress.IsLoopback(ip) : address.IsLoopback);
}
