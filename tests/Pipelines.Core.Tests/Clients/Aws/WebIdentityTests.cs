using Pipelines.Core.Secrets;
using Pipelines.Core.Tests.Clients.ArgoCd;
using Pipelines.Sandbox.Aws;
using Pipelines.Sandbox.Oidc;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Clients.Aws;

/// <summary>From a CI job's OpenID Connect token to a secret, without any stored key.</summary>
public class WebIdentityTests
{
    private const string Reference = "aws-sm://prod/stripe";

    [Fact]
    public async Task GetAsync_OnGitHub_SignsInByTheJobsToken()
    {
        await using AwsCloud cloud = await OnGitHubAsync();
        var announced = new List<string>();
        cloud.Masker.Announce = announced.Add;
        SecretResolver secrets = cloud.Secrets();
        Assert.Equal("sk-never-shown", (await secrets.GetAsync(SecretReference.Parse(Reference))).Reveal());
        await secrets.GetAsync(SecretReference.Parse("aws-ssm:///prod/stripe"));
        Assert.Equal(1, cloud.CallsOf("sts:AssumeRoleWithWebIdentity"));
        Assert.Equal(1, cloud.TokenEndpoint.Given);
        Assert.All(cloud.Account.Calls.Where(call => !call.Operation.StartsWith("sts:", StringComparison.Ordinal)), call => Assert.Equal("arn:aws:sts::123456789012:assumed-role/deploy/pipelines", call.Signer));

        // all that turned up on the way was masked before it was used
        AccountKey session = cloud.Account.Sessions.Single();
        Assert.Contains(AwsCloud.RequestToken, announced);
        Assert.Contains(session.Secret, announced);
        Assert.Contains(session.SessionToken, announced);
        Assert.Contains(announced, value => cloud.Issuer.Verifies(value));
    }

    [Theory]
    [InlineData("AWS_ID_TOKEN")]
    [InlineData("GITLAB_OIDC_TOKEN")]
    public async Task GetAsync_OnGitLab_SignsInByTheTokenInAVariable(string variable)
    {
        await using AwsCloud cloud = await OnGitHubAsync();
        string subject = "project_path:acme/orders:ref_type:branch:ref:main";
        using var gitLab = new OidcIssuer("https://gitlab.com", TimeProvider.System);
        cloud.Account.Issuers.Add(gitLab);
        cloud.Account.Trusts.Add(new WebIdentityTrust("arn:aws:iam::123456789012:role/gitlab", "https://gitlab.com", subject));
        OnGitLab(cloud, (variable, gitLab.Sign(subject, "https://gitlab.com")), ("VAULT_ID_TOKEN", gitLab.Sign(subject, "https://vault.example.com")));
        Assert.Equal("sk-never-shown", await cloud.ReadAsync(Reference));
        Assert.Equal("***", cloud.Masker.Mask(cloud.Variables[variable]));
    }

    [Fact]
    public async Task GetAsync_OnGitLabWithoutAFittingToken_SaysWhatToWrite()
    {
        await using AwsCloud cloud = await OnGitHubAsync();
        using var gitLab = new OidcIssuer("https://gitlab.com", TimeProvider.System);
        OnGitLab(cloud, ("VAULT_ID_TOKEN", gitLab.Sign("project_path:a/b:ref_type:branch:ref:main", "https://vault.example.com")));
        cloud.Variables.Remove("AWS_OIDC_AUDIENCE");
        SecretStoreException error = await cloud.FailsAsync<SecretStoreException>(Reference);
        Assert.Contains("VAULT_ID_TOKEN is for https://vault.example.com", error.Message, StringComparison.Ordinal);
        Assert.Contains("id_tokens: { AWS_ID_TOKEN: { aud: sts.amazonaws.com } }", error.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.MissingPrerequisite, error.Kind);
        Assert.DoesNotContain(cloud.Variables["VAULT_ID_TOKEN"], error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_OnGitHubWithoutThePermission_SaysExactlyThat()
    {
        await using AwsCloud cloud = await OnGitHubAsync();
        cloud.Variables.Remove("ACTIONS_ID_TOKEN_REQUEST_URL");
        cloud.Variables.Remove("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
        SecretStoreException error = await cloud.FailsAsync<SecretStoreException>(Reference);
        Assert.Contains("'permissions: id-token: write' is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_OtherBranch_IsDeniedAndShowsSubjectAndAudience()
    {
        await using AwsCloud cloud = await OnGitHubAsync();
        cloud.Account.Trusts.Clear();
        cloud.Account.Trusts.Add(new WebIdentityTrust(AwsCloud.Role, "sts.amazonaws.com", "repo:acme/orders:ref:refs/heads/release"));
        SecretDeniedException error = await cloud.FailsAsync<SecretDeniedException>(Reference);
        Assert.Equal("sts:AssumeRoleWithWebIdentity", error.Permission);
        Assert.Contains(AwsCloud.Role, error.Identity, StringComparison.Ordinal);
        Assert.Contains("sub repo:acme/orders:ref:refs/heads/main, aud sts.amazonaws.com", error.Message, StringComparison.Ordinal);
        Assert.Contains("oidc aws", error.Advice!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_OtherAudience_SaysThatTheAccountDoesNotTakeIt()
    {
        await using AwsCloud cloud = await OnGitHubAsync();
        cloud.Variables["AWS_OIDC_AUDIENCE"] = "somebody-else";
        SecretStoreException error = await cloud.FailsAsync<SecretStoreException>(Reference);
        Assert.Contains("Incorrect token audience", error.Message, StringComparison.Ordinal);
        Assert.Contains("aud somebody-else", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_ForgedToken_IsRefused()
    {
        await using AwsCloud cloud = await OnGitHubAsync();
        using var forger = new OidcIssuer(cloud.Issuer.Issuer, TimeProvider.System);
        OnGitLab(cloud, ("AWS_ID_TOKEN", forger.Sign(AwsCloud.Subject, "https://gitlab.com")));
        cloud.Variables["AWS_ROLE_ARN"] = AwsCloud.Role;
        SecretStoreException error = await cloud.FailsAsync<SecretStoreException>(Reference);
        Assert.Contains("Couldn't verify the token's signature", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_TokenFile_IsUsedBeforeTheCiSystem()
    {
        using var folder = new TemporaryDirectory();
        await using AwsCloud cloud = await OnGitHubAsync();
        cloud.Variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder.Write("token", cloud.Issuer.Sign(AwsCloud.Subject, "sts.amazonaws.com") + "\n");
        Assert.Equal("sk-never-shown", await cloud.ReadAsync(Reference));
        Assert.Equal(0, cloud.TokenEndpoint.Given);
        cloud.Variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder.Path + "/none";
        Assert.Contains("cannot be read", (await Assert.ThrowsAsync<InvalidUsageException>(() => cloud.ReadAsync(Reference))).Message, StringComparison.Ordinal);
        cloud.Variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder.Write("empty", "\n");
        Assert.Contains("is empty", (await Assert.ThrowsAsync<InvalidUsageException>(() => cloud.ReadAsync(Reference))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_KeysAndRole_UseTheKeys()
    {
        await using AwsCloud cloud = await OnGitHubAsync();
        cloud.Variables["AWS_ACCESS_KEY_ID"] = AwsCloud.KeyId;
        cloud.Variables["AWS_SECRET_ACCESS_KEY"] = AwsCloud.SecretKey;
        Assert.Equal("sk-never-shown", await cloud.ReadAsync(Reference));
        Assert.Equal(0, cloud.CallsOf("sts:AssumeRoleWithWebIdentity"));
    }

    [Fact]
    public async Task GetAsync_SessionExpiresInTheMiddle_IsRenewedOnce()
    {
        await using AwsCloud cloud = await OnGitHubAsync();
        SecretResolver secrets = cloud.Secrets();
        await secrets.GetAsync(SecretReference.Parse(Reference));
        cloud.Account.ExpireSessions();
        Assert.Equal("ssm-never-shown", (await secrets.GetAsync(SecretReference.Parse("aws-ssm:///prod/stripe"))).Reveal());
        Assert.Equal(2, cloud.CallsOf("sts:AssumeRoleWithWebIdentity"));
    }

    [Fact]
    public async Task GetAsync_SessionsThatExpireAtOnce_EndInOneClearError()
    {
        await using AwsCloud cloud = await OnGitHubAsync();
        cloud.Account.SessionLifetime = TimeSpan.FromSeconds(-1);
        SecretStoreException error = await cloud.FailsAsync<SecretStoreException>(Reference);
        Assert.Contains("ExpiredTokenException", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.InRange(cloud.CallsOf("sts:AssumeRoleWithWebIdentity"), 2, 3);
    }

    [Fact]
    public async Task GetAsync_StaticSessionTokenExpired_SaysThatItCannotBeRenewed()
    {
        await using AwsCloud cloud = await OnGitHubAsync();
        AccountKey session = cloud.Account.MakeSession(AwsCloud.Role, "laptop");
        cloud.Variables["AWS_ACCESS_KEY_ID"] = session.Id;
        cloud.Variables["AWS_SECRET_ACCESS_KEY"] = session.Secret;
        cloud.Variables["AWS_SESSION_TOKEN"] = session.SessionToken!;
        Assert.Equal("sk-never-shown", await cloud.ReadAsync(Reference));
        cloud.Account.ExpireSessions();
        SecretStoreException error = await cloud.FailsAsync<SecretStoreException>(Reference);
        Assert.Contains($"The credentials of the access key {session.Id} have expired, and there are no newer ones.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(session.SessionToken!, error.ToString(), StringComparison.Ordinal);
        cloud.Variables["AWS_SESSION_TOKEN"] = "another-token";
        Assert.Contains("does not accept the credentials", (await cloud.FailsAsync<SecretStoreException>(Reference)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_SessionEndsSoon_IsRenewedBefore()
    {
        var time = new ManualTime();
        await using AwsCloud cloud = await OnGitHubAsync(time);
        SecretResolver secrets = cloud.Secrets();
        await secrets.GetAsync(SecretReference.Parse(Reference));
        time.Advance(TimeSpan.FromMinutes(54));
        await secrets.GetAsync(SecretReference.Parse("aws-sm://prod/stripe?stage=AWSCURRENT"));
        Assert.Equal(1, cloud.CallsOf("sts:AssumeRoleWithWebIdentity"));
        time.Advance(TimeSpan.FromMinutes(2));
        await secrets.GetAsync(SecretReference.Parse("aws-ssm:///prod/stripe"));
        Assert.Equal(2, cloud.CallsOf("sts:AssumeRoleWithWebIdentity"));
    }

    [Fact]
    public async Task GetAsync_StsUnreachable_IsTransient()
    {
        await using AwsCloud cloud = await OnGitHubAsync(new SkippingTime());
        cloud.Variables["AWS_ENDPOINT_URL_STS"] = $"http://127.0.0.1:{ScriptedServer.FreePort()}";
        SecretStoreException error = await cloud.FailsAsync<SecretStoreException>(Reference);
        Assert.True(error.IsTransient);
        Assert.Contains("STS cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(403)]
    public async Task GetAsync_HtmlForSts_SaysThatItIsNotAws(int status)
    {
        await using var server = new ScriptedServer((_, response) => response.Write(status, "<html><body>Sign in</body></html>", "text/html"));
        await using AwsCloud cloud = await OnGitHubAsync();
        cloud.Variables["AWS_ENDPOINT_URL_STS"] = server.Address.AbsoluteUri;
        SecretStoreException error = await cloud.FailsAsync<SecretStoreException>(Reference);
        Assert.True(error.Message.Contains("What answers in place of STS is not AWS", StringComparison.Ordinal), error.ToString());
        Assert.False(error.IsTransient);
    }

    private static void OnGitLab(AwsCloud cloud, params (string Name, string Token)[] tokens)
    {
        foreach (string name in cloud.Variables.Keys.Where(name => name.StartsWith("ACTIONS_", StringComparison.Ordinal) || name.StartsWith("GITHUB_", StringComparison.Ordinal)).ToArray())
            cloud.Variables.Remove(name);
        cloud.Variables["GITLAB_CI"] = "true";
        cloud.Variables["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/gitlab";
        cloud.Variables["AWS_OIDC_AUDIENCE"] = "https://gitlab.com";
        foreach ((string name, string token) in tokens)
            cloud.Variables[name] = token;
    }

    private static async Task<AwsCloud> OnGitHubAsync(TimeProvider? time = null)
    {
        AwsCloud cloud = (await AwsCloud.StartAsync(time)).OnGitHub();
        cloud.Account.Secrets["prod/stripe"] = StoredSecret.Of("sk-never-shown");
        cloud.Account.Parameters["/prod/stripe"] = new StoredParameter("ssm-never-shown");
        return cloud;
    }
}
