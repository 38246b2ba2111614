namespace Pipelines.Core.Cli.CommandLine;

/// <summary>What <c>oidc</c> was asked for. Null is what the command finds out by itself.</summary>
/// <param name="Target">Whose trust: AWS' or Vault's.</param>
internal sealed record OidcRequest(OidcTarget Target)
{
    public OidcHost? Host { get; init; }

    public string? Repository { get; init; }

    public string? Branch { get; init; }

    /// <summary>GitHub's deployment environment, which takes the branch's place in the subject.</summary>
    public string? DeploymentEnvironment { get; init; }

    public string? Account { get; init; }

    public string? Audience { get; init; }

    public string? Issuer { get; init; }
}
