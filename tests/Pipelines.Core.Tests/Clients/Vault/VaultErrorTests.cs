using System.Net;
using System.Net.Sockets;
using System.Text;
using Pipelines.Core.Clients.Vault;
using Pipelines.Sandbox.Vault;

namespace Pipelines.Core.Tests.Clients.Vault;

public sealed class VaultErrorTests
{
    private const string Stripe = "vault://secret/prod/stripe#key";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<VaultRig> StartAsync() => VaultRig.StartAsync((Stripe, "stripe-key-of-prod"));

    [Theory]
    [InlineData(nameof(VaultFault.Sealed), false, "is sealed", "vault operator unseal")]
    [InlineData(nameof(VaultFault.RateLimited), true, "limits the rate", "retry after 1 s")]
    [InlineData(nameof(VaultFault.InternalError), true, "has a fault", "HTTP 500: internal error")]
    [InlineData(nameof(VaultFault.Html), false, "does not speak Vault's protocol", "HTTP 200 with text/html, titled 'Sign in to continue'")]
    [InlineData(nameof(VaultFault.BrokenJson), false, "does not speak Vault's protocol", "HTTP 200 with application/json")]
    public async Task ReadAsync_FaultyServer_SaysWhatIsWrong(string fault, bool transient, string what, string detail)
    {
        await using VaultRig rig = await StartAsync();
        rig.Vault.Fault = Enum.Parse<VaultFault>(fault);
        SecretStoreException error = await rig.FailAsync<SecretStoreException>(Stripe);
        Assert.Equal(transient, error.IsTransient);
        Assert.Contains($"The secret {Stripe} could not be read: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains(detail, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("half-a-secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_AfterAFault_ReadsAgain()
    {
        await using VaultRig rig = await StartAsync();
        VaultSecrets source = rig.Source();
        rig.Vault.FailNext(VaultFault.InternalError);
        await Assert.ThrowsAsync<SecretStoreException>(() => source.ReadAsync(SecretReference.Parse(Stripe), Token));
        Assert.Equal("stripe-key-of-prod", await source.ReadAsync(SecretReference.Parse(Stripe), Token));
    }

    [Fact]
    public async Task ReadAsync_NoAnswer_EndsAfterThirtySecondsAndIsTransient()
    {
        await using VaultRig rig = await StartAsync();
        rig.Vault.Fault = VaultFault.Silent;
        Task<string> read = rig.ReadAsync(Stripe);
        await VaultRig.UntilAsync(() => rig.Time.Waits.Contains(TimeSpan.FromSeconds(30)));
        rig.Time.Advance(TimeSpan.FromSeconds(30));
        SecretStoreException error = await Assert.ThrowsAsync<SecretStoreException>(() => read);
        Assert.True(error.IsTransient);
        Assert.Contains("no answer within 30 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_NobodyListens_IsTransient()
    {
        await using VaultRig rig = await StartAsync();
        rig.Variables["VAULT_ADDR"] = $"http://127.0.0.1:{ScriptedServer.FreePort()}";
        SecretStoreException error = await rig.FailAsync<SecretStoreException>(Stripe);
        Assert.True(error.IsTransient);
        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_Denied_NamesIdentityPathAndCapability()
    {
        await using VaultRig rig = await StartAsync();
        rig.Vault.Policies.Add("deploy", "secret/data/staging/*", "read");
        rig.UseToken("orders-ci", "default", "deploy");
        SecretDeniedException error = await rig.FailAsync<SecretDeniedException>(Stripe);
        Assert.Equal("read on secret/data/prod/stripe", error.Permission);
        Assert.StartsWith("the token orders-ci (the token of VAULT_TOKEN, entity ", error.Identity, StringComparison.Ordinal);
        Assert.EndsWith("with the policies default, deploy", error.Identity, StringComparison.Ordinal);
        Assert.Contains("""path "secret/data/prod/stripe" { capabilities = ["read"] }""", error.Advice, StringComparison.Ordinal);
        Assert.Equal(FailureKind.MissingPrerequisite, error.Kind);
    }

    [Fact]
    public async Task ReadAsync_DeniedTokenThatMayNotLookItselfUp_IsNamedByItsOrigin()
    {
        await using VaultRig rig = await StartAsync();
        rig.UseToken("nobody", "none");
        SecretDeniedException error = await rig.FailAsync<SecretDeniedException>(Stripe);
        Assert.Equal("the token of VAULT_TOKEN", error.Identity);
        Assert.Equal("read on secret/data/prod/stripe or on secret/prod/stripe", error.Permission); // the mount may not be seen either
        Assert.Contains("set VAULT_NAMESPACE", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_StandbyNode_FollowsItToTheActiveOne()
    {
        await using VaultRig rig = await StartAsync();
        await using VaultRig standby = await VaultRig.StartAsync();
        standby.Vault.RedirectTo = rig.Address.TrimEnd('/');
        Assert.Equal("stripe-key-of-prod", await standby.ReadAsync(Stripe));
    }

    [Theory]
    [InlineData("http://vault.example.com:8200")]
    [InlineData("ftp://127.0.0.1:8200")]
    public async Task ReadAsync_RedirectToAnUnsafeAddress_SendsNothingThere(string target)
    {
        await using VaultRig standby = await VaultRig.StartAsync();
        standby.Vault.RedirectTo = target;
        SecretStoreException error = await standby.FailAsync<SecretStoreException>(Stripe);
        Assert.Contains("redirects to an address that tokens are not sent to", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_RedirectsInACircle_EndWithAnError()
    {
        await using VaultRig standby = await VaultRig.StartAsync();
        standby.Vault.RedirectTo = standby.Address.TrimEnd('/');
        SecretStoreException error = await standby.FailAsync<SecretStoreException>(Stripe);
        Assert.Contains("redirects to somewhere else", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"data":null,"wrap_info":{"token":"hvs.wrapping-token","ttl":60}}""", "is wrapped (wrap_info)")]
    [InlineData("""{"data":"text-and-no-object"}""", "has no keys and values in 'data'")]
    [InlineData("""[1,2]""", "has no keys and values in 'data'")]
    [InlineData("""{"data":{"data":"odd-text","metadata":{"version":1}}}""", "has no keys and values in 'data.data'")]
    public async Task ReadAsync_OddAnswer_IsUnusableAndShowsNothingOfIt(string body, string evidence)
    {
        await using var server = new ScriptedServer((request, response) => response.Write(200, request.Path.Contains("internal/ui", StringComparison.Ordinal) ? """{"data":{"path":"secret/","type":"kv","options":{"version":"2"}}}""" : body));
        await using VaultRig rig = await VaultRig.StartAsync();
        rig.Variables["VAULT_ADDR"] = server.Address.AbsoluteUri;
        SecretUnusableException error = await rig.FailAsync<SecretUnusableException>(Stripe);
        Assert.Contains(evidence, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("text-and-no-object", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hvs.wrapping-token", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_AnswerWithoutEnd_IsCutOff()
    {
        string start = "{\"data\":{\"key\":\"" + new string('s', 5 * 1024 * 1024) + "\"}}";
        await using var server = new ScriptedServer((_, response) => response.Write(200, start));
        await using VaultRig rig = await VaultRig.StartAsync();
        rig.Variables["VAULT_ADDR"] = server.Address.AbsoluteUri;
        Assert.Contains("more than 4 MB", (await rig.FailAsync<SecretStoreException>(Stripe)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_ServerThatHangsUp_IsTransient()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serve = Task.Run(async () =>
        {
            using TcpClient client = await listener.AcceptTcpClientAsync(Token);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"data"), Token);
        }, Token);
        await using VaultRig rig = await VaultRig.StartAsync();
        rig.Variables["VAULT_ADDR"] = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        SecretStoreException error = await rig.FailAsync<SecretStoreException>(Stripe);
        Assert.True(error.IsTransient);
        await serve;
    }

    [Fact]
    public async Task ReadAsync_EngineThatRefuses_ShowsItsWords()
    {
        await using VaultRig rig = await VaultRig.StartAsync();
        rig.Vault.AddMount("database", "database");
        SecretStoreException error = await rig.FailAsync<SecretStoreException>("vault://database/creds/ap#username");
        Assert.Contains("HTTP 400: unknown role: ap", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }
}
