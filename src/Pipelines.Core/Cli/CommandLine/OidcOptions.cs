using System.CommandLine;
using System.CommandLine.Parsing;

namespace Pipelines.Core.Cli.CommandLine;

/// <summary>The command <c>oidc</c> on the command line.</summary>
internal sealed class OidcOptions
{
    private readonly Argument<string?> _target = new("aws|vault") { Arity = ArgumentArity.ZeroOrOne, Description = "What is to trust the CI system: aws prints an IAM trust policy, vault a role of its JWT auth method." };
    private readonly Option<string?> _host = new("--host") { Description = "Whose tokens. Default: by the server of git's origin.", HelpName = "github|gitlab" };
    private readonly Option<string?> _repository = new("--repository") { Description = "The repository. Default: git's origin.", HelpName = "org/repo" };
    private readonly Option<string?> _branch = new("--branch") { Description = "The branch. Default: those of the settings staging.branches and so on.", HelpName = "name" };
    private readonly Option<string?> _environment = new("--environment") { Description = "GitHub: the job's deployment environment, instead of a branch.", HelpName = "name" };
    private readonly Option<string?> _account = new("--account") { Description = "AWS: the account. Default: that of AWS_ROLE_ARN.", HelpName = "123456789012" };
    private readonly Option<string?> _audience = new("--audience") { Description = "Whom the tokens are for. Default: sts.amazonaws.com (AWS_OIDC_AUDIENCE); for Vault VAULT_AUDIENCE or VAULT_ADDR.", HelpName = "text" };
    private readonly Option<string?> _issuer = new("--issuer") { Description = "The address of your own server, where it is not that of git's origin.", HelpName = "https://…" };

    public OidcOptions() => Command = new System.CommandLine.Command("oidc", "Print the IAM trust policy or the Vault role that lets this repository's branch, and nothing else, sign in without a stored key.")
    {
        _target, _host, _repository, _branch, _environment, _account, _audience, _issuer,
    };

    public System.CommandLine.Command Command { get; }

    /// <summary>The request; null where another command was called.</summary>
    public OidcRequest? Read(ParseResult result)
    {
        if (result.CommandResult.Command != Command)
            return null;
        string target = result.GetValue(_target) ?? throw new InvalidUsageException("oidc: it is not said what is to trust this repository.", null, "Write oidc aws for an IAM trust policy, or oidc vault for a Vault role.");
        OidcHost? host = result.GetValue(_host) is { } text ? CommandLineParser.OneOf("--host", text, OidcHost.GitHub, OidcHost.GitHub, OidcHost.GitLab) : null;
        return new OidcRequest(CommandLineParser.OneOf("oidc", target, OidcTarget.Aws, OidcTarget.Aws, OidcTarget.Vault))
        {
            Host = host,
            Repository = result.GetValue(_repository),
            Branch = result.GetValue(_branch),
            DeploymentEnvironment = result.GetValue(_environment),
            Account = result.GetValue(_account),
            Audience = result.GetValue(_audience),
            Issuer = result.GetValue(_issuer),
        };
    }
}
