using Pipelines.Core.Cli.Session;
using Pipelines.Core.Secrets;
using Pipelines.Sandbox.Aws;
using Pipelines.Sandbox.Hosting;
using Pipelines.Sandbox.Oidc;

namespace Pipelines.Core.Tests.Clients.Aws;

/// <summary>The AWS stand-ins and a CI system's token service on loopback, and the stores of a live run that are told of them by the standard variables.</summary>
internal sealed class AwsCloud : IAsyncDisposable
{
    public const string KeyId = "AKIATEST";
    public const string SecretKey = "test-secret-access-key";
    public const string Role = "arn:aws:iam::123456789012:role/deploy";
    public const string Subject = "repo:acme/orders:ref:refs/heads/main";
    public const string RequestToken = "github-request-token";

    private readonly LoopbackServer _server;
    private readonly TimeProvider _time;

    private AwsCloud(LoopbackServer server, AwsAccount account, OidcIssuer issuer, TokenEndpointStandIn endpoint, IReadOnlyList<int> ports, TimeProvider time)
    {
        _server = server;
        _time = time;
        (Account, Issuer, TokenEndpoint) = (account, issuer, endpoint);
        Endpoint = new Uri($"http://127.0.0.1:{ports[0]}/");
        TokenUrl = $"http://127.0.0.1:{ports[1]}{TokenEndpointStandIn.Path}?api-version=2.0";
        Variables = new Dictionary<string, string>
        {
            ["AWS_REGION"] = AwsAccount.Region,
            ["AWS_ACCESS_KEY_ID"] = KeyId,
            ["AWS_SECRET_ACCESS_KEY"] = SecretKey,
            ["AWS_ENDPOINT_URL"] = Endpoint.AbsoluteUri,
        };
    }

    public AwsAccount Account { get; }

    public OidcIssuer Issuer { get; }

    public TokenEndpointStandIn TokenEndpoint { get; }

    public Uri Endpoint { get; }

    public string TokenUrl { get; }

    public Dictionary<string, string> Variables { get; private set; }

    public SecretMasker Masker { get; } = new();

    public static async Task<AwsCloud> StartAsync(TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        var account = new AwsAccount(new AccountKey(KeyId, SecretKey), time);
        var issuer = new OidcIssuer("https://token.actions.githubusercontent.com", time);
        var endpoint = new TokenEndpointStandIn(issuer, RequestToken, Subject);
        account.Issuers.Add(issuer);
        account.Trusts.Add(new WebIdentityTrust(Role, "sts.amazonaws.com", Subject));
        IReadOnlyList<int> bound = [];
        LoopbackServer server = await LoopbackServer.StartAsync([0, 0], ports =>
        {
            bound = ports;
            return [new AwsStandIn(new Lazy<AwsAccount>(account), null), endpoint];
        }, time, CancellationToken.None);
        return new AwsCloud(server, account, issuer, endpoint, bound, time);
    }

    /// <summary>As a job of GitHub Actions without any stored key.</summary>
    public AwsCloud OnGitHub()
    {
        Variables = new Dictionary<string, string>
        {
            ["AWS_REGION"] = AwsAccount.Region,
            ["AWS_ROLE_ARN"] = Role,
            ["AWS_ENDPOINT_URL"] = Endpoint.AbsoluteUri,
            ["GITHUB_ACTIONS"] = "true",
            ["ACTIONS_ID_TOKEN_REQUEST_URL"] = TokenUrl,
            ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = RequestToken,
        };
        return this;
    }

    /// <summary>The stores of a live run.</summary>
    public SecretResolver Secrets() => SecretStores.Live(Masker, Variables, Path.GetTempPath(), _time);

    public async Task<string> ReadAsync(string reference) => (await Secrets().GetAsync(SecretReference.Parse(reference))).Reveal();

    public async Task<T> FailsAsync<T>(string reference) where T : PipelineException
    {
        T exception = await Assert.ThrowsAsync<T>(() => ReadAsync(reference));
        NoSecretIn(exception);
        Assert.Contains(reference, exception.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrWhiteSpace(exception.Advice));
        return exception;
    }

    /// <summary>No message of an error, the inner ones included, holds a value of the stores or a credential.</summary>
    public void NoSecretIn(Exception exception)
    {
        string all = exception.ToString();
        foreach (string value in Account.Secrets.Values.SelectMany(secret => secret.Stages.Values).Concat(Account.Parameters.Values.SelectMany(parameter => parameter.Versions)).Append(SecretKey).Append(RequestToken).Where(value => value.Length > 0))
            Assert.DoesNotContain(value, all, StringComparison.Ordinal);
        Assert.DoesNotContain("never-shown", all, StringComparison.Ordinal);
    }

    public int CallsOf(string operation) => Account.Calls.Count(call => call.Operation == operation);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Issuer.Dispose();
    }
}
