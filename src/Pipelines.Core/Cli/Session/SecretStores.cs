using Pipelines.Core.Clients.Aws;
using Pipelines.Core.Clients.Http;
using Pipelines.Core.Clients.Oidc;
using Pipelines.Core.Clients.Vault;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Cli.Session;

/// <summary>Which stores a run reads its secrets from. Each takes what it must know (addresses, its own credentials) from the variables, and is made when it is first asked.</summary>
internal static class SecretStores
{
    /// <summary>The real ones, for a service's checkout.</summary>
    public static SecretResolver Live(SecretMasker masker, IReadOnlyDictionary<string, string> variables, string directory, TimeProvider time, Action<string>? warn = null)
    {
        Lazy<AwsSession> aws = Aws(masker, variables, time);
        return SecretResolver.Live(masker, time, new Dictionary<string, Func<ISecretSource>>
        {
            ["env"] = () => new EnvironmentSecrets(variables),
            ["file"] = () => new FileSecrets(directory, time),
            ["aws-sm"] = () => new SecretsManagerSecrets(aws),
            ["aws-ssm"] = () => new ParameterStoreSecrets(aws),
            ["vault"] = () => new VaultSecrets(variables, masker.Add, LeftLeases.FolderOf(directory), time, warn ?? Ignore),
        });
    }

    /// <summary>The sandbox's: its own secrets by name, and its stand-ins of the stores. Real credentials are never read.</summary>
    /// <param name="masker">What is handed out is masked by it.</param>
    /// <param name="secrets">The sandbox's own secrets.</param>
    /// <param name="time">The clock.</param>
    /// <param name="variables">Where the stand-ins are: the sandbox fills it when it has started. Null where no sandbox will start.</param>
    /// <param name="warn">Hears of what may need a look, such as a lease that ends too early.</param>
    public static SecretResolver Sandbox(SecretMasker masker, IReadOnlyDictionary<string, string> secrets, TimeProvider time, IReadOnlyDictionary<string, string>? variables = null, Action<string>? warn = null)
    {
        variables ??= new Dictionary<string, string>();
        Lazy<AwsSession> aws = Aws(masker, variables, time);
        return SecretResolver.Sandbox(masker, time, new Dictionary<string, Func<ISecretSource>>
        {
            ["sandbox"] = () => new SandboxSecrets(secrets),
            ["aws-sm"] = () => new SandboxStore("aws-sm", AwsService.SecretsManager.EndpointVariable, variables, () => new SecretsManagerSecrets(aws)),
            ["aws-ssm"] = () => new SandboxStore("aws-ssm", AwsService.Ssm.EndpointVariable, variables, () => new ParameterStoreSecrets(aws)),
            ["vault"] = () => new SandboxStore("vault", "VAULT_ADDR", variables, () => new VaultSecrets(variables, masker.Add, leaseFolder: null, time, warn ?? Ignore)), // its leases end with this process
        });
    }

    /// <summary>What both AWS stores share: region, credentials, identity. Made when the first of them is asked.</summary>
    private static Lazy<AwsSession> Aws(SecretMasker masker, IReadOnlyDictionary<string, string> variables, TimeProvider time) => new(() =>
    {
        var own = new AwsVariables(variables);
        var tokens = new IdentityTokens(SharedHttp.Client, variables, masker.Add, time);
        return new AwsSession(SharedHttp.Client, own, new AwsCredentialSource(own, tokens, masker.Add, time), time);
    });

    private static void Ignore(string text) { }
}
