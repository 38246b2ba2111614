using Pipelines.Core.Clients.Vault;
using Pipelines.Core.Tests.Clients;
using Pipelines.Sandbox.Vault;

namespace Pipelines.Core.Tests.Clients.Vault;

public sealed class VaultLoginTests
{
    private const string Stripe = "vault://secret/prod/stripe#key";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<VaultRig> StartAsync() => VaultRig.StartAsync((Stripe, "stripe-key-of-prod"));

    private static string[] Logins(VaultRig rig) => [.. rig.Vault.Requests.Select(request => request.ToString()).Where(request => request.EndsWith("/login", StringComparison.Ordinal))];

    [Fact]
    public async Task ReadAsync_AppRole_LogsInOnceAndRevokesItsTokenAtTheEnd()
    {
        await using VaultRig rig = await StartAsync();
        rig.UseAppRole();
        VaultSecrets source = rig.Source();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => source.ReadAsync(SecretReference.Parse(Stripe), Token)));
        Assert.Equal(["POST auth/approle/login"], Logins(rig));
        VaultStandInToken token = rig.Vault.Tokens[^1];
        Assert.Equal("*** ***", rig.Masker.Mask($"{token.Value} secret-id-of-deploy"));
        Assert.False(token.IsRevoked);
        await source.DisposeAsync();
        await source.DisposeAsync();
        Assert.True(token.IsRevoked);
        Assert.Equal(1, rig.Count("POST auth/token/revoke-self"));
    }

    [Fact]
    public async Task DisposeAsync_GivenToken_IsNotRevoked()
    {
        await using VaultRig rig = await StartAsync();
        VaultSecrets source = rig.Source();
        await source.ReadAsync(SecretReference.Parse(Stripe), Token);
        await source.DisposeAsync();
        Assert.Equal(0, rig.Count("POST auth/token/revoke-self"));
    }

    [Fact]
    public async Task ReadAsync_NothingRead_NeverLogsIn()
    {
        await using VaultRig rig = await StartAsync();
        rig.UseAppRole();
        await rig.Source().DisposeAsync();
        Assert.Empty(rig.Vault.Requests);
    }

    [Theory]
    [InlineData("jwt", null, null)]
    [InlineData("jwt", "oidc", null)]
    [InlineData("jwt-gitlab", null, "jwt-gitlab")]
    [InlineData("team/jwt", null, "auth/team/jwt")]
    public async Task ReadAsync_IdentityTokenOfTheJob_LogsInByJwt(string mount, string? method, string? path)
    {
        await using VaultRig rig = await StartAsync();
        UseJwt(rig, mount);
        if (method is not null)
            rig.Variables["VAULT_AUTH_METHOD"] = method;
        if (path is not null)
            rig.Variables["VAULT_AUTH_PATH"] = path;
        Assert.Equal("stripe-key-of-prod", await rig.ReadAsync(Stripe));
        Assert.Equal([$"POST auth/{mount}/login"], Logins(rig));
        Assert.Equal("***", rig.Masker.Mask(rig.Variables["VAULT_ID_TOKEN"]));
    }

    [Fact]
    public async Task ReadAsync_GitHubActions_AsksForATokenOfTheNamedAudience()
    {
        await using VaultRig rig = await StartAsync();
        rig.Vault.AddLogin(new VaultLoginRole { Mount = "jwt", Type = "jwt", Name = "deploy", Audience = "vault-of-acme", Subject = "repo:acme/*", Policies = ["root"] });
        string jwt = VaultRig.Jwt("vault-of-acme", "repo:acme/orders:ref:refs/heads/main", rig.Time.GetUtcNow().AddMinutes(5));
        await using var github = new ScriptedServer((_, response) => response.Write(200, $$"""{"value":"{{jwt}}"}"""));
        rig.Variables.Remove("VAULT_TOKEN");
        rig.Variables["GITHUB_ACTIONS"] = "true";
        rig.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = github.Address + "token?api-version=2";
        rig.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "request-token-of-the-job";
        rig.Variables["VAULT_ROLE"] = "deploy";
        rig.Variables["VAULT_AUDIENCE"] = "vault-of-acme";
        Assert.Equal("stripe-key-of-prod", await rig.ReadAsync(Stripe));
        Assert.EndsWith("audience=vault-of-acme", Assert.Single(github.Requests).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_RoleWithOtherClaims_ShowsTheTokensClaims()
    {
        await using VaultRig rig = await StartAsync();
        UseJwt(rig, "jwt", subject: "project_path:acme/other:*");
        SecretDeniedException error = await rig.FailAsync<SecretDeniedException>(Stripe);
        Assert.Contains("refused the login at auth/jwt (JWT, role deploy)", error.Message, StringComparison.Ordinal);
        Assert.Contains("invalid subject (sub) claim", error.Message, StringComparison.Ordinal);
        Assert.Contains("The token says: sub project_path:acme/orders:ref_type:branch:ref:main", error.Message, StringComparison.Ordinal);
        Assert.Contains("vault read auth/jwt/role/deploy", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(rig.Variables["VAULT_ID_TOKEN"], error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_ServiceAccount_LogsInByKubernetes()
    {
        await using VaultRig rig = await StartAsync();
        rig.Variables.Remove("VAULT_TOKEN");
        rig.Variables["VAULT_ROLE"] = "builder";
        rig.Variables["VAULT_KUBERNETES_TOKEN_FILE"] = rig.Directory.Write("token", VaultRig.Jwt("https://kubernetes.default.svc", "system:serviceaccount:ci:builder", rig.Time.GetUtcNow().AddHours(1)) + "\n");
        rig.Vault.AddLogin(new VaultLoginRole { Mount = "kubernetes", Type = "kubernetes", Name = "builder", Subject = "system:serviceaccount:ci:builder", Policies = ["root"] });
        Assert.Equal("stripe-key-of-prod", await rig.ReadAsync(Stripe));
        Assert.Equal(["POST auth/kubernetes/login"], Logins(rig));
    }

    [Fact]
    public async Task ReadAsync_TokenFileOfALaptop_IsReadThereAndNotOnCi()
    {
        await using VaultRig rig = await StartAsync();
        rig.Variables.Remove("VAULT_TOKEN");
        rig.Variables["HOME"] = rig.Directory.Path;
        rig.Directory.Write(".vault-token", VaultRig.RootToken + "\n");
        Assert.Equal("stripe-key-of-prod", await rig.ReadAsync(Stripe));
        rig.Variables["CI"] = "true";
        InvalidUsageException error = await rig.FailAsync<InvalidUsageException>(Stripe);
        Assert.Contains("~/.vault-token: not read on a CI system", error.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_EverythingSet_TakesTheTokenUnlessAMethodIsNamed()
    {
        await using VaultRig rig = await StartAsync();
        UseJwt(rig, "jwt");
        rig.UseAppRole();
        rig.Variables["VAULT_TOKEN"] = VaultRig.RootToken;
        await rig.ReadAsync(Stripe);
        Assert.Empty(Logins(rig));
        rig.Variables.Remove("VAULT_TOKEN");
        await rig.ReadAsync(Stripe);
        Assert.Equal(["POST auth/approle/login"], Logins(rig));
        rig.Variables["VAULT_AUTH_METHOD"] = "jwt";
        await rig.ReadAsync(Stripe);
        Assert.Equal(["POST auth/approle/login", "POST auth/jwt/login"], Logins(rig));
    }

    [Fact]
    public async Task ReadAsync_NothingToLogInWith_ListsWhatWasLookedFor()
    {
        await using VaultRig rig = await StartAsync();
        rig.Variables.Remove("VAULT_TOKEN");
        rig.Variables["VAULT_ROLE_ID"] = "role-id-of-deploy";
        InvalidUsageException error = await rig.FailAsync<InvalidUsageException>(Stripe);
        foreach (string line in (string[])["token: VAULT_TOKEN is not set", "AppRole: VAULT_ROLE_ID is set, VAULT_SECRET_ID is not set", "JWT: VAULT_ROLE is not set; this job has no OpenID Connect token", "Kubernetes: VAULT_ROLE is not set; there is no file /var/run/secrets/", "~/.vault-token: HOME is not set"])
            Assert.Contains(line, error.Evidence, StringComparison.Ordinal);
        Assert.Contains("vault login", error.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("VAULT_ADDR", "", "VAULT_ADDR is not set")]
    [InlineData("VAULT_ADDR", "vault.example.com", "VAULT_ADDR is no address of Vault")]
    [InlineData("VAULT_ADDR", "https://user:hunter2-hunter2@vault.example.com", "VAULT_ADDR is no address of Vault")]
    [InlineData("VAULT_ADDR", "http://vault.example.com:8200", "plain http, which shows every secret to the network")]
    [InlineData("VAULT_ADDR", "http://10.0.0.8:8200", "plain http")]
    [InlineData("VAULT_NAMESPACE", "a b", "VAULT_NAMESPACE is no namespace")]
    [InlineData("VAULT_CACERT", "/no/such/file.pem", "The certificates of VAULT_CACERT cannot be read.")]
    [InlineData("VAULT_AUTH_METHOD", "approl", "Did you mean 'approle'?")]
    [InlineData("VAULT_AUTH_METHOD", "kubernetes", "needs VAULT_ROLE")]
    [InlineData("VAULT_TOKEN", "hvs.two words-of-it", "What VAULT_TOKEN holds is no token of Vault.")]
    public async Task ReadAsync_UnusableVariable_SaysWhichAndNeverItsSecret(string name, string value, string message)
    {
        await using VaultRig rig = await StartAsync();
        rig.Variables[name] = value;
        InvalidUsageException error = await rig.FailAsync<InvalidUsageException>(Stripe);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("words-of-it", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(rig.Vault.Requests);
    }

    [Fact]
    public async Task ReadAsync_WrongSecretId_IsDeniedAndNamesTheMount()
    {
        await using VaultRig rig = await StartAsync();
        rig.UseAppRole();
        rig.Variables["VAULT_SECRET_ID"] = "secret-id-that-has-ended";
        SecretDeniedException error = await rig.FailAsync<SecretDeniedException>(Stripe);
        Assert.Contains("auth/approle (AppRole)", error.Identity, StringComparison.Ordinal);
        Assert.Contains("HTTP 400: invalid role or secret ID", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-id-that-has-ended", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_NoSuchAuthMount_PointsToTheVariable()
    {
        await using VaultRig rig = await StartAsync();
        rig.UseAppRole();
        rig.Variables["VAULT_AUTH_PATH"] = "approle-of-team";
        SecretDeniedException error = await rig.FailAsync<SecretDeniedException>(Stripe);
        Assert.Contains("nothing is mounted at auth/approle-of-team: set VAULT_AUTH_PATH", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_TokenExpiresInTheMiddle_LogsInAgainOnce()
    {
        await using VaultRig rig = await StartAsync();
        rig.UseAppRole();
        VaultSecrets source = rig.Source();
        await source.ReadAsync(SecretReference.Parse(Stripe), Token);
        rig.Vault.Tokens[^1].IsRevoked = true; // as an operator's revocation, or its end
        rig.Vault.Write("secret/later", """{"key":"later-value"}""");
        Assert.Equal("later-value", await source.ReadAsync(SecretReference.Parse("vault://secret/later#key"), Token));
        Assert.Equal(2, Logins(rig).Length);
        rig.Vault.Tokens[^1].IsRevoked = true;
        rig.Vault.Write("secret/third", """{"key":"third-value"}""");
        SecretDeniedException error = await Assert.ThrowsAsync<SecretDeniedException>(() => source.ReadAsync(SecretReference.Parse("vault://secret/third#key"), Token));
        Assert.Contains("It ended for the second time in this run", error.Advice, StringComparison.Ordinal);
        Assert.Equal(2, Logins(rig).Length);
    }

    [Fact]
    public async Task DisposeAsync_TokenThatWasReplacedAlthoughItLives_IsRevokedToo()
    {
        await using VaultRig rig = await StartAsync();
        rig.Vault.Policies.Add("revoke", "auth/token/revoke-self", "update"); // and no lookup-self: whether a refusal means the token or the path, nobody can tell
        rig.UseAppRole(policies: "revoke");
        VaultSecrets source = rig.Source();
        SecretDeniedException error = await Assert.ThrowsAsync<SecretDeniedException>(() => source.ReadAsync(SecretReference.Parse(Stripe), Token));
        Assert.Equal("the login at auth/approle (AppRole) with the policies revoke", error.Identity);
        Assert.Equal(2, Logins(rig).Length);
        await source.DisposeAsync();
        Assert.All(rig.Vault.Tokens.Where(token => !token.IsRoot), token => Assert.True(token.IsRevoked));
    }

    [Fact]
    public async Task ReadAsync_GivenTokenHasExpired_SaysSo()
    {
        await using VaultRig rig = await StartAsync();
        rig.Variables["VAULT_TOKEN"] = "hvs.token-that-ended";
        SecretDeniedException error = await rig.FailAsync<SecretDeniedException>(Stripe);
        Assert.Contains("does not accept the token of VAULT_TOKEN: it has expired, or was revoked", error.Message, StringComparison.Ordinal);
        Assert.Contains("vault login", error.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("hvs.token-that-ended", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Renewal_OfOurToken_GoesOnWhileTheRunLasts()
    {
        await using VaultRig rig = await StartAsync();
        rig.UseAppRole(ttl: TimeSpan.FromHours(1));
        VaultSecrets source = rig.Source();
        await source.ReadAsync(SecretReference.Parse(Stripe), Token);
        VaultStandInToken token = rig.Vault.Tokens[^1];
        for (int renewal = 1; renewal <= 3; renewal++)
        {
            await VaultRig.UntilAsync(() => rig.Time.Waits.Count(wait => wait == TimeSpan.FromMinutes(40)) == renewal);
            rig.Time.Advance(TimeSpan.FromMinutes(40));
        }

        await VaultRig.UntilAsync(() => token.Renewals == 3);
        Assert.Empty(rig.Warnings);
        await source.DisposeAsync();
        Assert.True(token.IsRevoked);
    }

    [Fact]
    public async Task Renewal_OfAGivenTokenAtItsLimit_WarnsBeforeItEnds()
    {
        await using VaultRig rig = await StartAsync();
        rig.Variables["VAULT_TOKEN"] = "hvs.token-of-one-hour";
        rig.Vault.AddToken("hvs.token-of-one-hour", "ci", ["root"], TimeSpan.FromHours(1), maxTtl: TimeSpan.FromHours(1));
        await rig.ReadAsync(Stripe);
        await VaultRig.UntilAsync(() => rig.Time.Waits.Contains(TimeSpan.FromMinutes(40)));
        rig.Time.Advance(TimeSpan.FromMinutes(40));
        TimeSpan next = TimeSpan.FromMinutes(20) * 2 / 3;
        await VaultRig.UntilAsync(() => rig.Time.Waits.Contains(next));
        rig.Time.Advance(next);
        await VaultRig.UntilAsync(() => !rig.Warnings.IsEmpty);
        Assert.Contains("The token of VAULT_TOKEN for Vault cannot be renewed any more and ends at 04:04:05 UTC, in 6 min 40 s", Assert.Single(rig.Warnings), StringComparison.Ordinal);
    }

    private static void UseJwt(VaultRig rig, string mount, string subject = "project_path:acme/orders:*")
    {
        string audience = rig.Address.TrimEnd('/');
        rig.Variables.Remove("VAULT_TOKEN");
        rig.Variables["VAULT_ROLE"] = "deploy";
        rig.Variables["VAULT_ID_TOKEN"] = VaultRig.Jwt(audience, "project_path:acme/orders:ref_type:branch:ref:main", rig.Time.GetUtcNow().AddMinutes(5));
        rig.Vault.AddLogin(new VaultLoginRole { Mount = mount, Type = "jwt", Name = "deploy", Audience = audience, Subject = subject, Policies = ["root"] });
    }
}
