using Pipelines.Core.Clients.Http;
using Pipelines.Core.Clients.Oidc;
using Pipelines.Sandbox.Oidc;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Clients.Oidc;

public class IdentityTokensTests
{
    private const string Audience = "https://vault.example.com/v1?x=a b&c";

    private readonly List<string> _announced = [];
    private readonly ManualTime _time = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetAsync_GitHub_AsksForTheAudienceAndAnnouncesFirst()
    {
        using var issuer = new OidcIssuer("https://token.actions.githubusercontent.com", _time);
        string signed = issuer.Sign("repo:a/b:ref:refs/heads/main", Audience);
        bool announcedBefore = false;
        await using var server = new ScriptedServer((_, response) =>
        {
            announcedBefore = _announced.Contains("request-token");
            response.Write(200, $$"""{"count":1,"value":"{{signed}}"}""");
        });
        Secret token = await Tokens(("ACTIONS_ID_TOKEN_REQUEST_URL", server.Address + "token?api-version=2.0"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token")).GetAsync(Audience, Token);
        Assert.Equal(signed, token.Reveal());
        Assert.Equal(["request-token", signed], _announced);
        Assert.True(announcedBefore);
        ScriptedServer.Request request = Assert.Single(server.Requests);
        Assert.Equal("/token?api-version=2.0&audience=https%3A%2F%2Fvault.example.com%2Fv1%3Fx%3Da%20b%26c", request.Path);
        Assert.Equal(("GET", "Bearer request-token"), (request.Method, request["Authorization"]));
    }

    [Theory]
    [InlineData(403, "{}", false, "'permissions: id-token: write'")]
    [InlineData(401, "", false, "gave no OpenID Connect token")]
    [InlineData(302, "", false, "gave no OpenID Connect token")]
    [InlineData(503, "", true, "gave no OpenID Connect token")]
    [InlineData(429, "", true, "gave no OpenID Connect token")]
    [InlineData(200, "<html></html>", false, "is not GitHub's token service")]
    [InlineData(200, "{}", false, "is not GitHub's token service")]
    [InlineData(200, """{"value":"no-token"}""", false, "is not GitHub's token service")]
    [InlineData(200, """{"value":7}""", false, "is not GitHub's token service")]
    public async Task GetAsync_GitHubRefuses_SaysWhy(int status, string body, bool transient, string message)
    {
        await using var server = new ScriptedServer((_, response) => response.Write(status, body));
        IdentityTokenException error = await Assert.ThrowsAsync<IdentityTokenException>(() =>
            Tokens(("ACTIONS_ID_TOKEN_REQUEST_URL", server.Address + "token?api-version=2.0"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token")).GetAsync("aud", Token));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(transient, error.IsTransient);
        Assert.DoesNotContain("request-token", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_GitHubUnreachable_IsTransient()
    {
        IdentityTokenException error = await Assert.ThrowsAsync<IdentityTokenException>(() =>
            Tokens(("ACTIONS_ID_TOKEN_REQUEST_URL", $"http://127.0.0.1:{ScriptedServer.FreePort()}/token?a=b"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token")).GetAsync("aud", Token));
        Assert.True(error.IsTransient);
        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_GitHubSlow_EndsAfterTheTimeLimit()
    {
        var asked = new TaskCompletionSource();
        var held = new TaskCompletionSource();
        await using var server = new ScriptedServer(async (_, _) =>
        {
            asked.SetResult();
            await held.Task;
        });
        Task<Secret> token = Tokens(("ACTIONS_ID_TOKEN_REQUEST_URL", server.Address + "token?a=b"), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token")).GetAsync("aud", Token);
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(16));
        IdentityTokenException error = await Assert.ThrowsAsync<IdentityTokenException>(() => token);
        Assert.Contains("no answer within 15", error.Message, StringComparison.Ordinal);
        held.SetResult();
    }

    [Theory]
    [InlineData("http://tokens.example.com/x?a=b")]
    [InlineData("file:///etc/passwd")]
    [InlineData("nonsense")]
    public async Task GetAsync_GitHubAddressIsNotHttps_NothingIsSent(string url)
    {
        IdentityTokenException error = await Assert.ThrowsAsync<IdentityTokenException>(() =>
            Tokens(("ACTIONS_ID_TOKEN_REQUEST_URL", url), ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token")).GetAsync("aud", Token));
        Assert.Contains("is no https address", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_GitLab_TakesTheVariableOfTheAudience()
    {
        using var issuer = new OidcIssuer("https://gitlab.com", _time);
        string aws = issuer.Sign("s", "sts.amazonaws.com"), vault = issuer.Sign("s", "https://vault.example.com");
        IdentityTokens tokens = Tokens(("GITLAB_CI", "true"), ("FIRST_ID_TOKEN", aws), ("SECOND_ID_TOKEN", vault), ("CI_JOB_TOKEN", issuer.Sign("s", "other")));
        Assert.Equal(vault, (await tokens.GetAsync("https://vault.example.com", Token)).Reveal());
        Assert.Equal(aws, (await tokens.GetAsync("sts.amazonaws.com", Token)).Reveal());
        Assert.Equal([vault, aws], _announced);
        await Assert.ThrowsAsync<IdentityTokenException>(() => tokens.GetAsync("other", Token)); // CI_JOB_TOKEN is not looked at
    }

    [Fact]
    public async Task GetAsync_GitLabTokenExpired_SaysWhen()
    {
        using var issuer = new OidcIssuer("https://gitlab.com", _time);
        string token = issuer.Sign("project_path:a/b:ref_type:branch:ref:main", "aud");
        _time.Advance(TimeSpan.FromMinutes(6));
        IdentityTokenException error = await Assert.ThrowsAsync<IdentityTokenException>(() => Tokens(("GITLAB_CI", "true"), ("VAULT_ID_TOKEN", token)).GetAsync("aud", Token));
        Assert.Contains("The OpenID Connect token in VAULT_ID_TOKEN has expired.", error.Message, StringComparison.Ordinal);
        Assert.Contains("2026-01-02 03:09:05Z (sub project_path:a/b:ref_type:branch:ref:main, aud aud)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_NoCiSystem_SaysWhereTokensAre()
    {
        IdentityTokens tokens = Tokens(("NOT_A_ID_TOKEN", "some text"));
        Assert.False(tokens.AreOffered);
        IdentityTokenException error = await Assert.ThrowsAsync<IdentityTokenException>(() => tokens.GetAsync("aud", Token));
        Assert.Contains("No variable whose name ends in ID_TOKEN or OIDC_TOKEN holds a token.", error.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.MissingPrerequisite, error.Kind);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("e30.W10.x")]
    [InlineData("e30..x")]
    public void TryRead_NoToken_IsNull(string text) => Assert.Null(TokenClaims.TryRead(text));

    private IdentityTokens Tokens(params (string Name, string Value)[] variables) =>
        new(SharedHttp.Client, variables.ToDictionary(one => one.Name, one => one.Value), secret => _announced.Add(secret.Reveal()), _time);
}
