using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Pipelines.Core;
using Pipelines.Sandbox.Hosting;
using Pipelines.Sandbox.Vault;
using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests.Vault;

/// <summary>The wire protocol as HashiCorp documents it, asked by a plain HTTP client.</summary>
public sealed class VaultStandInTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly HttpClient _http = new();
    private VaultStandIn _vault = null!;
    private LoopbackServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _vault = new VaultStandIn("root-token", new Dictionary<string, string> { ["vault://secret/app#key"] = "seeded-value", ["vault://secret/app#other"] = "other-value" }, _time);
        _server = await LoopbackServer.StartAsync([0], ports =>
        {
            _http.BaseAddress = new Uri($"http://127.0.0.1:{ports[0]}/v1/");
            return [_vault];
        }, TimeProvider.System, Token);
        _http.DefaultRequestHeaders.Add("X-Vault-Token", "root-token");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Read_KvVersion2_HasDataAndMetadata()
    {
        (HttpStatusCode status, JsonElement answer) = await SendAsync(HttpMethod.Get, "secret/data/app");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("", answer.GetProperty("lease_id").GetString());
        Assert.Equal(["key", "other"], answer.GetProperty("data").GetProperty("data").EnumerateObject().Select(property => property.Name));
        JsonElement metadata = answer.GetProperty("data").GetProperty("metadata");
        Assert.Equal((1, false, ""), (metadata.GetProperty("version").GetInt32(), metadata.GetProperty("destroyed").GetBoolean(), metadata.GetProperty("deletion_time").GetString()));
    }

    [Fact]
    public async Task Read_WithoutData_IsAVersionedEnginesWarning()
    {
        (HttpStatusCode status, JsonElement answer) = await SendAsync(HttpMethod.Get, "secret/app");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("Invalid path for a versioned K/V", answer.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_WrongOrMissingToken_IsRefused()
    {
        _http.DefaultRequestHeaders.Remove("X-Vault-Token");
        Assert.Equal((HttpStatusCode.Forbidden, "missing client token"), await ErrorAsync(HttpMethod.Get, "secret/data/app"));
        _http.DefaultRequestHeaders.Add("X-Vault-Token", "other");
        (HttpStatusCode status, string error) = await ErrorAsync(HttpMethod.Get, "secret/data/app");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("invalid token", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mounts_OfAPath_TellTypeAndVersion()
    {
        (_, JsonElement answer) = await SendAsync(HttpMethod.Get, "sys/internal/ui/mounts/secret/app");
        JsonElement data = answer.GetProperty("data");
        Assert.Equal(("secret/", "kv", "2"), (data.GetProperty("path").GetString(), data.GetProperty("type").GetString(), data.GetProperty("options").GetProperty("version").GetString()));
        (HttpStatusCode status, string error) = await ErrorAsync(HttpMethod.Get, "sys/internal/ui/mounts/nothing/app");
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("preflight capability check returned 403", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lease_IsRenewedWithinItsMaximumAndRevoked()
    {
        _vault.AddDatabaseRole("app", new VaultDatabaseRole { DefaultTtl = TimeSpan.FromMinutes(10), MaxTtl = TimeSpan.FromMinutes(15) });
        (_, JsonElement credentials) = await SendAsync(HttpMethod.Get, "database/creds/app");
        string id = credentials.GetProperty("lease_id").GetString()!;
        Assert.StartsWith("database/creds/app/", id, StringComparison.Ordinal);
        Assert.Equal((true, 600), (credentials.GetProperty("renewable").GetBoolean(), credentials.GetProperty("lease_duration").GetInt32()));
        _time.Advance(TimeSpan.FromMinutes(9));
        (_, JsonElement renewed) = await SendAsync(HttpMethod.Put, "sys/leases/renew", new { lease_id = id, increment = 600 });
        Assert.Equal((id, 360), (renewed.GetProperty("lease_id").GetString(), renewed.GetProperty("lease_duration").GetInt32()));
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Post, "sys/leases/revoke", new { lease_id = id })).Status);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid lease"), await ErrorAsync(HttpMethod.Post, "sys/leases/lookup", new { lease_id = id }));
        Assert.Equal((HttpStatusCode.BadRequest, "lease not found"), await ErrorAsync(HttpMethod.Post, "sys/leases/renew", new { lease_id = id }));
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Post, "sys/leases/revoke", new { lease_id = id })).Status); // a second time is fine
        VaultStandInLease lease = Assert.Single(_vault.Leases);
        Assert.Equal((true, 1), (lease.IsRevoked, lease.Renewals));
    }

    [Fact]
    public async Task Token_ExpiresByTheClockAndTakesItsLeasesAlong()
    {
        _vault.AddDatabaseRole("app", new VaultDatabaseRole());
        _vault.AddLogin(new VaultLoginRole { Mount = "approle", Type = "approle", Name = "role", SecretId = "secret", Policies = ["root"], Ttl = TimeSpan.FromMinutes(5) });
        (_, JsonElement login) = await SendAsync(HttpMethod.Post, "auth/approle/login", new { role_id = "role", secret_id = "secret" });
        JsonElement auth = login.GetProperty("auth");
        Assert.Equal((300, true, "service"), (auth.GetProperty("lease_duration").GetInt32(), auth.GetProperty("renewable").GetBoolean(), auth.GetProperty("token_type").GetString()));
        _http.DefaultRequestHeaders.Remove("X-Vault-Token");
        _http.DefaultRequestHeaders.Add("X-Vault-Token", auth.GetProperty("client_token").GetString());
        (_, JsonElement self) = await SendAsync(HttpMethod.Get, "auth/token/lookup-self");
        Assert.Equal(300, self.GetProperty("data").GetProperty("ttl").GetInt32());
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Get, "auth/token/lookup-self")).Status);
    }

    [Theory]
    [InlineData("secret/data/app", HttpStatusCode.OK)]
    [InlineData("secret/data/forbidden", HttpStatusCode.Forbidden)]
    [InlineData("other/data/app", HttpStatusCode.Forbidden)]
    public async Task Policies_AllowAndDenyPaths(string path, HttpStatusCode expected)
    {
        _vault.Write("secret/forbidden", "{}");
        _vault.Policies.Add("app", "secret/*", "read");
        _vault.Policies.Add("app", "secret/data/forbidden", "deny");
        _vault.AddToken("app-token", "app", ["default", "app"]);
        _http.DefaultRequestHeaders.Remove("X-Vault-Token");
        _http.DefaultRequestHeaders.Add("X-Vault-Token", "app-token");
        Assert.Equal(expected, (await SendAsync(HttpMethod.Get, path)).Status);
    }

    [Fact]
    public async Task Namespaces_AreWorldsApart()
    {
        _http.DefaultRequestHeaders.Add("X-Vault-Namespace", "team");
        (HttpStatusCode status, string error) = await ErrorAsync(HttpMethod.Get, "secret/data/app");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("no handler for route", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vault://secret/app", "is not one value of a Vault secret")]
    [InlineData("vault://secret/app?version=2#key", "is not one value of a Vault secret")]
    [InlineData("vault://secret#key", "is malformed")]
    public async Task StartAsync_SeedThatIsNoValue_SaysWhich(string reference, string message)
    {
        using var folder = new TemporaryDirectory();
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => LocalSandbox.StartAsync(SandboxFixture.Options(folder) with { Secrets = new Dictionary<string, string> { [reference] = "some-value" } }, Token));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(reference, error.Message, StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, string Error)> ErrorAsync(HttpMethod method, string path, object? body = null)
    {
        (HttpStatusCode status, JsonElement answer) = await SendAsync(method, path, body);
        return (status, answer.GetProperty("errors")[0].GetString()!);
    }

    private async Task<(HttpStatusCode Status, JsonElement Answer)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        using HttpResponseMessage response = await _http.SendAsync(request, Token);
        return (response.StatusCode, response.Content.Headers.ContentLength is null or 0 ? default : await response.Content.ReadFromJsonAsync<JsonElement>(Token));
    }
}
