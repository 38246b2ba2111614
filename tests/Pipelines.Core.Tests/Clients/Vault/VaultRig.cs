using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Pipelines.Core.Clients.Vault;
using Pipelines.Core.Secrets;
using Pipelines.Sandbox.Hosting;
using Pipelines.Sandbox.Vault;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Clients.Vault;

/// <summary>The stand-in of Vault on loopback, and the production source of secrets that reads from it. The clock of both moves by hand.</summary>
internal sealed class VaultRig : IAsyncDisposable
{
    public const string RootToken = "hvs.root-token-of-tests";

    private readonly LoopbackServer _server;
    private readonly ConcurrentQueue<VaultSecrets> _sources = new();

    private VaultRig(LoopbackServer server, VaultStandIn vault, ManualTime time, string address)
    {
        (_server, Vault, Time) = (server, vault, time);
        Variables["VAULT_ADDR"] = address;
        Variables["VAULT_TOKEN"] = RootToken;
    }

    public VaultStandIn Vault { get; }

    public ManualTime Time { get; }

    public TemporaryDirectory Directory { get; } = new();

    public string LeaseFolder => Path.Combine(Directory.Path, ".pipelines", "leases");

    public SecretMasker Masker { get; } = new();

    public ConcurrentQueue<string> Warnings { get; } = new();

    public Dictionary<string, string> Variables { get; } = [];

    public string Address => Variables["VAULT_ADDR"];

    public static async Task<VaultRig> StartAsync(params (string Reference, string Value)[] seed)
    {
        var time = new ManualTime();
        var vault = new VaultStandIn(RootToken, seed.ToDictionary(one => one.Reference, one => one.Value), time);
        int port = 0;
        LoopbackServer server = await LoopbackServer.StartAsync([0], ports =>
        {
            port = ports[0];
            return [vault];
        }, TimeProvider.System, TestContext.Current.CancellationToken);
        return new VaultRig(server, vault, time, $"http://127.0.0.1:{port}/");
    }

    /// <summary>A client token of these policies in place of the root token.</summary>
    public void UseToken(string name, params string[] policies)
    {
        Variables["VAULT_TOKEN"] = $"hvs.token-of-{name}";
        Vault.AddToken(Variables["VAULT_TOKEN"], name, policies);
    }

    public void UseAppRole(TimeSpan? ttl = null, TimeSpan? maxTtl = null, params string[] policies)
    {
        Variables.Remove("VAULT_TOKEN");
        Variables["VAULT_ROLE_ID"] = "role-id-of-deploy";
        Variables["VAULT_SECRET_ID"] = "secret-id-of-deploy";
        Vault.AddLogin(new VaultLoginRole
        {
            Mount = "approle",
            Type = "approle",
            Name = "role-id-of-deploy",
            SecretId = "secret-id-of-deploy",
            Policies = policies.Length == 0 ? ["root"] : policies,
            Ttl = ttl ?? TimeSpan.FromHours(1),
            MaxTtl = maxTtl ?? TimeSpan.FromHours(24),
        });
    }

    public VaultSecrets Source(bool journal = true)
    {
        var source = new VaultSecrets(Variables, Masker.Add, journal ? LeaseFolder : null, Time, Warnings.Enqueue);
        _sources.Enqueue(source);
        return source;
    }

    public async Task<string> ReadAsync(string reference) => await Source().ReadAsync(SecretReference.Parse(reference), TestContext.Current.CancellationToken);

    public async Task<T> FailAsync<T>(string reference) where T : Exception => await Assert.ThrowsAsync<T>(() => ReadAsync(reference));

    public int Count(string request) => Vault.Requests.Count(one => one.ToString() == request);

    /// <summary>Waits for what another thread is about to do.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), "it did not happen");
            await Task.Yield();
        }
    }

    /// <summary>A JSON Web Token that nobody signed.</summary>
    public static string Jwt(string audience, string subject, DateTimeOffset expires) =>
        $"{Part("""{"alg":"RS256"}""")}.{Part($$"""{"iss":"https://ci.example.com","sub":"{{subject}}","aud":"{{audience}}","exp":{{expires.ToUnixTimeSeconds()}}}""")}.c2lnbmF0dXJl";

    public async ValueTask DisposeAsync()
    {
        Vault.Fault = VaultFault.None;
        foreach (VaultSecrets source in _sources)
        {
            try
            {
                await source.DisposeAsync();
            }
            catch (PipelineException)
            {
                // some tests leave leases behind on purpose
            }
        }

        await _server.DisposeAsync();
        Directory.Dispose();
    }

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
