using Pipelines.Core.Secrets;

namespace Pipelines.Core.Cli.Session;

/// <summary>Which stores a run reads its secrets from. Each takes what it must know (addresses, its own credentials) from the variables, and is made when it is first asked.</summary>
internal static class SecretStores
{
    /// <summary>The real ones, for a service's checkout.</summary>
    public static SecretResolver Live(SecretMasker masker, IReadOnlyDictionary<string, string> variables, string directory, TimeProvider time) => SecretResolver.Live(masker, time, new Dictionary<string, Func<ISecretSource>>
    {
        ["env"] = () => new EnvironmentSecrets(variables),
        ["file"] = () => new FileSecrets(directory, time),
    });

    /// <summary>The sandbox's: its own secrets by name. Real credentials are never read.</summary>
    public static SecretResolver Sandbox(SecretMasker masker, IReadOnlyDictionary<string, string> secrets, TimeProvider time) => SecretResolver.Sandbox(masker, time, new Dictionary<string, Func<ISecretSource>>
    {
        ["sandbox"] = () => new SandboxSecrets(secrets),
    });
}
