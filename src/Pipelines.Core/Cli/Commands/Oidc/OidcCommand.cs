using Pipelines.Core.Cli.CommandLine;
using Pipelines.Core.Cli.Settings;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.Cli.Commands.Oidc;

/// <summary><c>oidc aws|vault</c>: prints what AWS or Vault must be told so that this repository's branch, and nobody else, signs in without a stored key. It changes nothing anywhere.</summary>
internal static class OidcCommand
{
    private const string AccountPlaceholder = "ACCOUNT_ID";
    private const string BranchesKey = ".branches";

    public static async Task<int> RunAsync(Invocation invocation)
    {
        OidcRequest request = invocation.Request.Oidc!;
        OriginAddress? origin = request.Host is not null && request.Repository is not null ? null
            : OriginAddress.TryParse(await Git.OriginAsync(invocation.Directory, invocation.Environment.Time, CancellationToken.None).ConfigureAwait(false));
        OidcHost host = request.Host ?? HostOf(origin);
        string repository = OidcNames.Repository(request.Repository ?? origin?.Path ?? throw new InvalidUsageException(
            "--repository: it is not known which repository is to be trusted.", "  git knows no remote 'origin' on a server.", "Give --repository org/repo."), host);
        OidcTrust trust = new(Issuer(request, host, origin), Audience(request, invocation), Subjects(request, invocation, host, repository));
        string name = repository[(repository.LastIndexOf('/') + 1)..];
        await invocation.Environment.Output.WriteLineAsync(request.Target == OidcTarget.Aws ? AwsPolicy(request, invocation, trust) : trust.VaultRole(name)).ConfigureAwait(false);
        foreach (string note in Notes(request.Target, trust, name))
            await invocation.Environment.Error.WriteLineAsync(note).ConfigureAwait(false);
        return 0;
    }

    private static OidcHost HostOf(OriginAddress? origin) =>
        origin?.Server.Contains("github", StringComparison.OrdinalIgnoreCase) == true ? OidcHost.GitHub
        : origin?.Server.Contains("gitlab", StringComparison.OrdinalIgnoreCase) == true ? OidcHost.GitLab
        : throw new InvalidUsageException(
            "--host: it is not known whose tokens are to be trusted.",
            origin is null ? "  git knows no remote 'origin' on a server." : $"  The remote 'origin' is on {origin.Server}, which may be either.",
            "Give --host github or --host gitlab.");

    /// <summary>An own GitLab signs with its address, an own GitHub Enterprise Server with a path of it.</summary>
    private static Uri Issuer(OidcRequest request, OidcHost host, OriginAddress? origin)
    {
        if (request.Issuer is not null)
            return OidcNames.Issuer(request.Issuer);
        string? own = origin is null || origin.Server is "github.com" or "ssh.github.com" or "gitlab.com" or "altssh.gitlab.com" ? null : origin.Server;
        return host == OidcHost.GitHub
            ? new Uri(own is null ? "https://token.actions.githubusercontent.com" : $"https://{own}/_services/token")
            : new Uri($"https://{own ?? "gitlab.com"}");
    }

    private static string Audience(OidcRequest request, Invocation invocation) => OidcNames.Audience(request.Audience ?? (request.Target == OidcTarget.Aws
        ? invocation.Environment.Variables.Get("AWS_OIDC_AUDIENCE") ?? "sts.amazonaws.com"
        : invocation.Environment.Variables.Get("VAULT_AUDIENCE") ?? invocation.Environment.Variables.Get("VAULT_ADDR")?.TrimEnd('/')
            ?? throw new InvalidUsageException("--audience: it is not known whom the tokens are for.", "  Neither VAULT_AUDIENCE nor VAULT_ADDR is set.", "Give --audience, such as the address of Vault: --audience https://vault.example.com.")));

    private static string[] Subjects(OidcRequest request, Invocation invocation, OidcHost host, string repository)
    {
        if (request.DeploymentEnvironment is { } environment)
        {
            if (host == OidcHost.GitLab)
                throw new InvalidUsageException("--environment: the subject of GitLab's tokens names no environment.", null, "Give --branch instead.");
            if (request.Branch is not null)
                throw new InvalidUsageException("--environment does not go with --branch: the subject of GitHub's tokens names one of them.", null, "Give --environment for jobs that name one, and restrict its branches in the environment's own settings on GitHub.");
            return [OidcTrust.EnvironmentSubject(repository, OidcNames.Environment(environment))];
        }

        return [.. Branches(request, invocation).Select(branch => OidcTrust.BranchSubject(host, repository, OidcNames.Branch(branch)))];
    }

    /// <summary>The branch that was given, or those that get to any environment.</summary>
    private static string[] Branches(OidcRequest request, Invocation invocation)
    {
        if (request.Branch is not null)
            return [request.Branch];
        string[] branches =
        [
            .. Application.LoadSettings(invocation, check: false).Values
                .Where(value => value.Setting.Key.EndsWith(BranchesKey, StringComparison.Ordinal))
                .SelectMany(value => (value.Text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Distinct(StringComparer.Ordinal),
        ];
        return branches.Length > 0 ? branches : throw new InvalidUsageException("--branch: it is not known which branch is to be trusted.", "  This pipeline has no setting such as staging.branches.", "Give --branch main.");
    }

    private static string AwsPolicy(OidcRequest request, Invocation invocation, OidcTrust trust)
    {
        // arn:partition:iam::account:role/name
        string[] role = invocation.Environment.Variables.Get("AWS_ROLE_ARN")?.Split(':') ?? [];
        string? own = role is ["arn", _, "iam", "", { Length: 12 }, _] ? role[4] : null;
        return trust.AwsPolicy(own is null ? "aws" : role[1], request.Account is { } account ? OidcNames.Account(account) : own ?? AccountPlaceholder);
    }

    /// <summary>For people, on the error stream: programs read the other one.</summary>
    private static string[] Notes(OidcTarget target, OidcTrust trust, string name) => target == OidcTarget.Aws
        ?
        [
            $"Trusts {string.Join(" and ", trust.Subjects)} for the audience {trust.Audience}, and nothing else.",
            $"IAM needs the provider {trust.Issuer.OriginalString} with that audience. Put this in as the role's trust policy ({AccountPlaceholder} is the account's number, see --account), and set AWS_ROLE_ARN and AWS_REGION in the job.",
        ]
        :
        [
            $"Trusts {string.Join(" and ", trust.Subjects)} for the audience {trust.Audience}, and nothing else.",
            $"Put it in with: vault write auth/jwt/role/{name} -    (auth/jwt must have the issuer {trust.Issuer.OriginalString} as its oidc_discovery_url). The policy '{name}' is yours to write.",
        ];
}
