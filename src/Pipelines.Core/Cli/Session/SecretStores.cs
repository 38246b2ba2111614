using Pipelines.Core.Clients.Vault;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Cli.Session;

/// <summary>Which stores a run reads its secrets from. Each takes what it must know (addresses, its own credentials) from the variables, and is made when it is first asked.</summary>
internal static class SecretStores
{
    /// <summary>The real ones, for a service's checkout.</summary>
    public static SecretResolver Live(SecretMasker masker, IReadOnlyDictionary<string, string> variables, string directory, TimeProvider time, Action<string>? warn = null) => SecretResolver.Live(masker, time, new Dictionary<string, Func<ISecretSource>>
    {
        ["env"] = () => new EnvironmentSecrets(variables),
        ["file"] = () => new FileSecrets(directory),
        ["vault"] = () => new VaultSecrets(variables, masker.Add, LeftLeases.FolderOf(directory), time, warn ?? Ignore),
    });

    /// <summary>The sandbox's: its own secrets by name, and the stores that it stands in for. Real credentials are never read.</summary>
    /// <param name="masker">The masker.</param>
    /// <param name="secrets">The sandbox's own secrets, by name.</param>
    /// <param name="time">The clock.</param>
    /// <param name="variables">Where the stand-ins are and how to log in there; filled when the sandbox has started. Null where there are none.</param>
    /// <param name="warn">Hears of what may need a look.</param>
    public static SecretResolver Sandbox(SecretMasker masker, IReadOnlyDictionary<string, string> secrets, TimeProvider time, IReadOnlyDictionary<string, string>? variables = null, Action<string>? warn = null) => SecretResolver.Sandbox(masker, time, new Dictionary<string, Func<ISecretSource>>
    {
        ["sandbox"] = () => new SandboxSecrets(secrets),
        ["vault"] = () => new VaultSecrets(StandIns(variables, "VAULT_ADDR"), masker.Add, leaseFolder: null, time, warn ?? Ignore), // its leases end with this process
    });

    private static IReadOnlyDictionary<string, string> StandIns(IReadOnlyDictionary<string, string>? variables, string address) => variables is not null && variables.ContainsKey(address) ? variables : throw new InvalidUsageException(
        "This secret is not read in the sandbox.", "The sandbox never reads real credentials, and none has been started that stands in for this store.", "Run with --live to use the real one.");

    private static void Ignore(string text) { }
}
