using System.Text.Json;
using Pipelines.Core.Tests.Tools.Git;

namespace Pipelines.Core.Tests.Cli;

public sealed class OidcCommandTests
{
    [Theory]
    [InlineData("github", "acme/orders", "main", "token.actions.githubusercontent.com", "repo:acme/orders:ref:refs/heads/main")]
    [InlineData("github", "Acme-Inc/o.r_d-1", "release/2026", "token.actions.githubusercontent.com", "repo:Acme-Inc/o.r_d-1:ref:refs/heads/release/2026")]
    [InlineData("gitlab", "acme/shop/orders", "main", "gitlab.com", "project_path:acme/shop/orders:ref_type:branch:ref:main")]
    public async Task Aws_RepositoryAndBranch_IsAPolicyOfExactlyThose(string host, string repository, string branch, string provider, string subject)
    {
        (JsonElement policy, _) = await PrintAsync("aws", "--host", host, "--repository", repository, "--branch", branch, "--account", "123456789012");
        JsonElement statement = Assert.Single(policy.GetProperty("Statement").EnumerateArray());
        Assert.Equal("2012-10-17", policy.GetProperty("Version").GetString());
        Assert.Equal("Allow", statement.GetProperty("Effect").GetString());
        Assert.Equal("sts:AssumeRoleWithWebIdentity", statement.GetProperty("Action").GetString());
        Assert.Equal($"arn:aws:iam::123456789012:oidc-provider/{provider}", statement.GetProperty("Principal").GetProperty("Federated").GetString());
        JsonProperty condition = Assert.Single(statement.GetProperty("Condition").EnumerateObject());
        Assert.Equal("StringEquals", condition.Name);
        Assert.Equal([($"{provider}:aud", "sts.amazonaws.com"), ($"{provider}:sub", subject)], condition.Value.EnumerateObject().Select(one => (one.Name, one.Value.GetString()!)));
        Assert.DoesNotContain('*', policy.GetRawText());
    }

    [Fact]
    public async Task Aws_Environment_TakesTheBranchsPlace()
    {
        (JsonElement policy, _) = await PrintAsync("aws", "--host", "github", "--repository", "acme/orders", "--environment", "prod");
        Assert.Contains("\"repo:acme/orders:environment:prod\"", policy.GetRawText(), StringComparison.Ordinal);
        Assert.Contains(":iam::ACCOUNT_ID:", policy.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vault_RepositoryAndBranch_IsARoleOfExactlyThose()
    {
        (JsonElement role, string notes) = await PrintAsync("vault", "--host", "gitlab", "--repository", "acme/orders", "--branch", "main", "--audience", "https://vault.example.com", "--issuer", "https://git.example.com");
        Assert.Equal(["https://vault.example.com"], role.GetProperty("bound_audiences").EnumerateArray().Select(one => one.GetString()!));
        Assert.Equal(["project_path:acme/orders:ref_type:branch:ref:main"], role.GetProperty("bound_claims").GetProperty("sub").EnumerateArray().Select(one => one.GetString()!));
        Assert.Equal("https://git.example.com", role.GetProperty("bound_claims").GetProperty("iss").GetString());
        Assert.Equal(("jwt", "string"), (role.GetProperty("role_type").GetString(), role.GetProperty("bound_claims_type").GetString()));
        Assert.Contains("vault write auth/jwt/role/orders -", notes, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("git@github.com:acme/orders.git", "https://token.actions.githubusercontent.com", "repo:acme/orders:ref:refs/heads/trunk")]
    [InlineData("https://user:never-shown@gitlab.com/acme/shop/orders.git", "https://gitlab.com", "project_path:acme/shop/orders:ref_type:branch:ref:trunk")]
    [InlineData("ssh://git@gitlab.acme.example:2222/acme/orders", "https://gitlab.acme.example", "project_path:acme/orders:ref_type:branch:ref:trunk")]
    [InlineData("https://github.acme.example/acme/orders", "https://github.acme.example/_services/token", "repo:acme/orders:ref:refs/heads/trunk")]
    public async Task Vault_NothingGiven_IsFromOriginSettingsAndVariables(string origin, string issuer, string subject)
    {
        using var run = new CliRun { Variables = { ["VAULT_ADDR"] = "https://vault.example.com/" } };
        GitRepository checkout = await GitRepository.CreateAsync(run.Folder.Path);
        await checkout.RunAsync("remote", "add", "origin", origin);
        Assert.Equal(0, await run.RunAsync(new WithBranches(), "oidc", "vault", "--set", "staging.branches=trunk", "--set", "prod.branches=trunk"));
        using JsonDocument role = JsonDocument.Parse(run.Output);
        Assert.Equal(issuer, role.RootElement.GetProperty("bound_claims").GetProperty("iss").GetString());
        Assert.Equal(subject, Assert.Single(role.RootElement.GetProperty("bound_claims").GetProperty("sub").EnumerateArray()).GetString());
        Assert.Equal("https://vault.example.com", role.RootElement.GetProperty("bound_audiences")[0].GetString());
        Assert.DoesNotContain("never-shown", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Aws_SeveralBranchesInTheSettingsAndARole_AreAllNamedInItsAccount()
    {
        using var run = new CliRun { Variables = { ["AWS_ROLE_ARN"] = "arn:aws-cn:iam::210987654321:role/deploy" } };
        Assert.Equal(0, await run.RunAsync(new WithBranches(), "oidc", "aws", "--host", "github", "--repository", "acme/orders"));
        Assert.Contains("arn:aws-cn:iam::210987654321:oidc-provider/", run.Output, StringComparison.Ordinal);
        using JsonDocument policy = JsonDocument.Parse(run.Output);
        JsonElement subjects = policy.RootElement.GetProperty("Statement")[0].GetProperty("Condition").GetProperty("StringEquals").GetProperty("token.actions.githubusercontent.com:sub");
        Assert.Equal(["repo:acme/orders:ref:refs/heads/main", "repo:acme/orders:ref:refs/heads/master"], subjects.EnumerateArray().Select(one => one.GetString()!));
    }

    [Theory]
    [InlineData("--repository=acme/*", "'acme/*' holds a wildcard.")]
    [InlineData("--repository=acme", "'acme' has no slash.")]
    [InlineData("--repository=acme/orders ", "holds a space.")]
    [InlineData("--repository=", "Required argument missing for option: '--repository'.")]
    [InlineData("--repository= ", "it is empty.")]
    [InlineData("--repository=acme/shop/orders", "has more than one slash")]
    [InlineData("--repository=acme/", "is no path of a repository")]
    [InlineData("--repository=../orders", "is no path of a repository")]
    [InlineData("--repository=acme/orders.git", "is no path of a repository")]
    [InlineData("--repository=https://github.com/acme/orders", "has more than one slash")]
    [InlineData("--repository=acme/or:ders", "is no path of a repository")]
    [InlineData("--branch=*", "'*' holds a wildcard.")]
    [InlineData("--branch=release-?", "'release-?' holds a wildcard.")]
    [InlineData("--branch=", "Required argument missing for option: '--branch'.")]
    [InlineData("--branch= ", "it is empty.")]
    [InlineData("--branch=my branch", "holds a space.")]
    [InlineData("--branch=refs/heads/main", "is the whole reference.")]
    [InlineData("--branch=main:environment:prod", "can't be a branch")]
    [InlineData("--branch=${aws:username}", "can't be a branch")]
    [InlineData("--branch=a..b", "can't be a branch")]
    [InlineData("--audience=*", "'*' holds a wildcard.")]
    [InlineData("--audience=", "Required argument missing for option: '--audience'.")]
    [InlineData("--audience= ", "it is empty.")]
    [InlineData("--audience=${aws:x}", "IAM takes for a variable")]
    [InlineData("--account=1234", "'1234' is no AWS account.")]
    [InlineData("--issuer=http://gitlab.example.com", "is no issuer")]
    [InlineData("--host=bitbucket", "'bitbucket' is none of github, gitlab.")]
    [InlineData("--environment=prod", "--environment does not go with --branch")]
    public async Task Aws_BadInput_IsRefusedWithTheReason(string argument, string reason)
    {
        string option = argument.Split('=')[0];
        string[] good = ["--host=github", "--repository=acme/orders", "--branch=main"];
        using var run = new CliRun();
        int exit = await run.RunAsync(new SampleTemplate(), ["oidc", "aws", .. good.Where(one => !one.StartsWith(option + "=", StringComparison.Ordinal)), argument]);
        Assert.Equal(2, exit);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.Contains(option, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("oidc azure --host github --repository a/b --branch main", "'azure' is none of aws, vault.")]
    [InlineData("oidc", "oidc: it is not said what is to trust this repository.")]
    [InlineData("oidc aws --branch main", "--host: it is not known whose tokens are to be trusted.")]
    [InlineData("oidc aws --branch main --host github", "--repository: it is not known which repository is to be trusted.")]
    [InlineData("oidc aws --host github --repository a/b", "--branch: it is not known which branch is to be trusted.")]
    [InlineData("oidc vault --host github --repository a/b --branch main", "--audience: it is not known whom the tokens are for.")]
    [InlineData("oidc aws --host gitlab --repository a/b --environment prod", "GitLab's tokens names no environment")]
    [InlineData("oidc aws --hsot github", "There is no option '--hsot'. Did you mean '--host'?")]
    public async Task RunAsync_SomethingMissing_SaysWhatToGive(string line, string message)
    {
        using var run = new CliRun();
        Assert.Equal(2, await run.RunAsync(new SampleTemplate(), line.Split(' ')));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task RunAsync_Help_ListsTheOptions()
    {
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync(new SampleTemplate(), "oidc", "--help"));
        Assert.All(["aws|vault", "--host", "--repository", "--branch", "--environment", "--account", "--audience", "--issuer"], option => Assert.Contains(option, run.Output, StringComparison.Ordinal));
    }

    private static async Task<(JsonElement Output, string Notes)> PrintAsync(params string[] arguments)
    {
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync(new SampleTemplate(), ["oidc", .. arguments]));
        using JsonDocument document = JsonDocument.Parse(run.Output);
        return (document.RootElement.Clone(), run.Error);
    }

    private sealed class WithBranches : PipelineTemplate
    {
        public WithBranches()
        {
            Schema.Text("staging.branches", "the branches of staging", "main,master");
            Schema.Text("prod.branches", "the branches of prod", "main");
        }

        public override string Name => "with-branches";

        public override SettingsSchema Schema { get; } = new();

        public override Task<PipelinePlan> BuildAsync(TemplateContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
