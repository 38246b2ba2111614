using Pipelines.Core.Cli.Session;
using Pipelines.Core.Clients.Vault;
using Pipelines.Core.Secrets;
using Pipelines.Sandbox;
using Pipelines.Sandbox.Vault;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Clients.Vault;

public sealed class VaultKvTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static SecretReference Reference(string text) => SecretReference.Parse(text);

    [Fact]
    public async Task ReadAsync_KvVersion2_GivesTheNewestOrTheNamedVersion()
    {
        await using VaultRig rig = await VaultRig.StartAsync(("vault://secret/prod/stripe#key", "first-value"));
        Assert.Equal("first-value", await rig.ReadAsync("vault://secret/prod/stripe#key"));
        rig.Vault.Write("secret/prod/stripe", """{"key":"second-value"}""");
        Assert.Equal("second-value", await rig.ReadAsync("vault://secret/prod/stripe#key"));
        Assert.Equal("first-value", await rig.ReadAsync("vault://secret/prod/stripe?version=1#key"));
    }

    [Fact]
    public async Task ReadAsync_KvVersion1OnADeepMount_IsFound()
    {
        await using VaultRig rig = await VaultRig.StartAsync();
        rig.Vault.AddMount("team/old", "kv", version: 1);
        rig.Vault.Write("team/old/prod/stripe", """{"key":"version-1-value"}""");
        Assert.Equal("version-1-value", await rig.ReadAsync("vault://team/old/prod/stripe#key"));
        Assert.Equal(1, rig.Count("GET team/old/prod/stripe"));
    }

    [Fact]
    public async Task ReadAsync_TokenThatMayNotSeeTheMount_FallsBackToBothVersions()
    {
        await using VaultRig rig = await VaultRig.StartAsync(("vault://secret/prod/stripe#key", "version-2-value"));
        rig.Vault.AddMount("plain", "kv", version: 1);
        rig.Vault.Write("plain/stripe", """{"key":"version-1-value"}""");
        rig.Vault.Policies.Add("any", "s*", "read"); // a rule that starts no mount's path: the preflight check refuses
        rig.Vault.Policies.Add("any", "p*", "read");
        rig.UseToken("blind", "any");
        Assert.Equal("version-2-value", await rig.ReadAsync("vault://secret/prod/stripe#key"));
        Assert.Equal("version-1-value", await rig.ReadAsync("vault://plain/stripe#key"));
    }

    [Fact]
    public async Task ReadAsync_PathOfTheApiItself_IsReadAsVersion2()
    {
        await using VaultRig rig = await VaultRig.StartAsync();
        rig.Vault.AddMount("a/b", "kv", version: 2);
        rig.Vault.Write("a/b/stripe", """{"key":"deep-mount-value"}""");
        rig.Vault.Policies.Add("any", "a*", "read");
        rig.UseToken("blind", "any");
        Assert.Equal("deep-mount-value", await rig.ReadAsync("vault://a/b/data/stripe#key"));
    }

    [Fact]
    public async Task ReadAsync_ManyKeysOfOnePath_ReadItOnce()
    {
        await using VaultRig rig = await VaultRig.StartAsync(("vault://secret/prod/stripe#a", "value-of-a"), ("vault://secret/prod/stripe#b", "value-of-b"), ("vault://secret/other#c", "value-of-c"));
        VaultSecrets source = rig.Source();
        string[] values = await Task.WhenAll(source.ReadAsync(Reference("vault://secret/prod/stripe#a"), Token), source.ReadAsync(Reference("vault://secret/prod/stripe#b"), Token));
        Assert.Equal(["value-of-a", "value-of-b"], values);
        rig.Vault.Write("secret/prod/stripe", """{"a":"rotated-value"}"""); // one value a run
        Assert.Equal(["a", "b"], (await source.ReadSetAsync(Reference("vault://secret/prod/stripe"), Token)).Keys.Order());
        Assert.Equal("value-of-c", await source.ReadAsync(Reference("vault://secret/other#c"), Token));
        Assert.Equal(1, rig.Count("GET secret/data/prod/stripe"));
        Assert.Equal(1, rig.Vault.Requests.Count(request => request.Path.StartsWith("sys/internal/ui/mounts/", StringComparison.Ordinal))); // the mount is known then
    }

    [Theory]
    [InlineData("vault://secret/prod/stripe#keey", "secret/data/prod/stripe has no key 'keey'. Did you mean 'key'?", "Its keys are: key, webhook.")]
    [InlineData("vault://secret/prod/stripee#key", "has nothing at secret/data/prod/stripee (KV v2 at secret/). secret/prod/ has: stripe. Did you mean 'stripe'?", "vault kv get secret/prod/stripee")]
    [InlineData("vault://secret/prod/stripe?version=7#key", "has nothing at secret/data/prod/stripe (KV v2", "correct the path")]
    [InlineData("vault://sekret/prod/stripe#key", "has nothing at sekret/data/prod/stripe nor at sekret/prod/stripe", "root namespace: set VAULT_NAMESPACE")]
    public async Task ReadAsync_Missing_NamesWhatThereIs(string reference, string evidence, string advice)
    {
        await using VaultRig rig = await VaultRig.StartAsync(("vault://secret/prod/stripe#key", "stripe-key-1"), ("vault://secret/prod/stripe#webhook", "stripe-webhook-1"));
        SecretNotFoundException error = await rig.FailAsync<SecretNotFoundException>(reference);
        Assert.Contains(evidence, error.Evidence, StringComparison.Ordinal);
        Assert.Contains(advice, error.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("stripe-key-1", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "Version 1 at secret/data/prod/stripe was deleted at 2026-01-02T03:04:05", "vault kv undelete -versions=1 secret/prod/stripe")]
    [InlineData(true, "Version 1 at secret/data/prod/stripe was destroyed: its value is gone.", "Write a new version")]
    public async Task ReadAsync_DeletedVersion_IsNotFoundAndSaysWhen(bool destroy, string evidence, string advice)
    {
        await using VaultRig rig = await VaultRig.StartAsync();
        rig.Vault.Write("secret/prod/stripe", """{"key":"value-that-was"}""");
        rig.Vault.Delete("secret/prod/stripe", destroy);
        SecretNotFoundException error = await rig.FailAsync<SecretNotFoundException>("vault://secret/prod/stripe#key");
        Assert.Contains(evidence, error.Evidence, StringComparison.Ordinal);
        Assert.Contains(advice, error.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"key":12.50}""", "12.50")]
    [InlineData("""{"key":true}""", "true")]
    [InlineData("""{"key":{"user":"app","port":5432}}""", """{"user":"app","port":5432}""")]
    [InlineData("""{"key":["a","b"]}""", """["a","b"]""")]
    [InlineData("""{"key":"line\nline\té"}""", "line\nline\té")]
    public async Task ReadAsync_ValueOfAnyKind_IsItsText(string json, string expected)
    {
        await using VaultRig rig = await VaultRig.StartAsync();
        rig.Vault.Write("secret/app", json);
        Assert.Equal(expected, await rig.ReadAsync("vault://secret/app#key"));
    }

    [Theory]
    [InlineData("""{"key":""}""", "is there, but empty")]
    [InlineData("""{"key":null}""", "is there, but null")]
    [InlineData("""{"key":"bin\u0000ary-secret"}""", "holds a NUL character")]
    [InlineData("""{"key":"half-\ud800-secret"}""", "is not Unicode text")]
    public async Task ReadAsync_ValueThatIsNoText_IsUnusable(string json, string evidence)
    {
        await using VaultRig rig = await VaultRig.StartAsync();
        rig.Vault.Write("secret/app", json);
        SecretUnusableException error = await rig.FailAsync<SecretUnusableException>("vault://secret/app#key");
        Assert.Contains(evidence, error.Evidence, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("ary-secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_64KB_FitsAndOneByteMoreDoesNot()
    {
        await using VaultRig rig = await VaultRig.StartAsync(("vault://secret/app#fits", new string('s', VaultValues.Longest)), ("vault://secret/app#large", new string('s', VaultValues.Longest + 1)));
        Assert.Equal(VaultValues.Longest, (await rig.ReadAsync("vault://secret/app#fits")).Length);
        Assert.Contains("larger than 64 KB", (await rig.FailAsync<SecretUnusableException>("vault://secret/app#large")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vault://secret#key", "It names a mount, and nothing in it.")]
    [InlineData("vault:///secret/app#key", "starts or ends with '/'")]
    [InlineData("vault://secret//app#key", "starts or ends with '/', or has '//'")]
    [InlineData("vault://secret/../sys/raw#key", "'.', '..'")]
    [InlineData("vault://secret/%2e%2e/sys#key", "'.', '..'")]
    [InlineData("vault://secret/app#", "ends with '#'")]
    [InlineData("vault://secret/app?version=0#key", "not version=N")]
    [InlineData("vault://secret/app?v=1#key", "not version=N")]
    [InlineData("vault://secret/app#key?version=1", "The version stands behind the key.")]
    public async Task ReadAsync_MalformedReference_SaysWhatIsWrongBeforeAnyRequest(string reference, string evidence)
    {
        await using VaultRig rig = await VaultRig.StartAsync();
        InvalidUsageException error = await rig.FailAsync<InvalidUsageException>(reference);
        Assert.Contains(reference, error.What, StringComparison.Ordinal);
        Assert.Contains(evidence, error.Evidence, StringComparison.Ordinal);
        Assert.Contains("vault://secret/prod/stripe#api-key", error.Advice, StringComparison.Ordinal);
        Assert.Empty(rig.Vault.Requests);
    }

    [Fact]
    public async Task ReadAsync_WithoutKey_ListsTheKeys()
    {
        await using VaultRig rig = await VaultRig.StartAsync(("vault://secret/app#a", "value-of-a"), ("vault://secret/app#b", "value-of-b"));
        InvalidUsageException error = await rig.FailAsync<InvalidUsageException>("vault://secret/app");
        Assert.Contains("Its keys are: a, b.", error.Message, StringComparison.Ordinal);
        InvalidUsageException set = await Assert.ThrowsAsync<InvalidUsageException>(() => rig.Source().ReadSetAsync(Reference("vault://secret/app#a"), Token));
        Assert.Contains("is one value, not a set", set.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_VersionOfKv1_SaysThatItHasNone()
    {
        await using VaultRig rig = await VaultRig.StartAsync();
        rig.Vault.AddMount("old", "kv", version: 1);
        rig.Vault.Write("old/app", """{"key":"some-value"}""");
        Assert.Contains("KV v1 at old/ keeps no versions", (await rig.FailAsync<InvalidUsageException>("vault://old/app?version=1#key")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_PathAndKeyWithSpecialCharacters_AreSentEscaped()
    {
        await using VaultRig rig = await VaultRig.StartAsync();
        rig.Vault.Write("secret/a b/c#d?e%", """{"the #key":"odd-name-value"}""");
        Assert.Equal("odd-name-value", await rig.ReadAsync("vault://secret/a b/c%23d%3Fe%25#the #key"));
    }

    [Fact]
    public async Task ReadAsync_Namespace_IsSentAndNamedInErrors()
    {
        await using VaultRig rig = await VaultRig.StartAsync();
        rig.Vault.AddMount("secret", "kv", ns: "admin/team");
        rig.Vault.Write("secret/app", """{"key":"team-value"}""", ns: "admin/team");
        rig.Variables["VAULT_NAMESPACE"] = "admin/team/";
        Assert.Equal("team-value", await rig.ReadAsync("vault://secret/app#key"));
        rig.Variables["VAULT_NAMESPACE"] = "admin/other";
        SecretNotFoundException error = await rig.FailAsync<SecretNotFoundException>("vault://secret/app#key");
        Assert.Contains("It was looked for in the namespace admin/other (VAULT_NAMESPACE)", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_ThroughTheResolver_RetriesMasksAndReadsOnce()
    {
        await using VaultRig rig = await VaultRig.StartAsync(("vault://secret/prod/stripe#key", "stripe-key-of-prod"));
        var time = new ManualTime { AutoAdvance = false };
        SecretResolver resolver = SecretStores.Live(rig.Masker, rig.Variables, rig.Directory.Path, time);
        rig.Vault.FailNext(VaultFault.RateLimited, VaultFault.InternalError);
        Task<Secret> read = resolver.GetAsync(Reference("vault://secret/prod/stripe#key"), Token);
        while (!read.IsCompleted)
        {
            await Task.Yield();
            if (time.Waits.Any(wait => wait < TimeSpan.FromSeconds(20)))
                time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal("stripe-key-of-prod", (await read).Reveal());
        Assert.Equal("*** ***", rig.Masker.Mask($"stripe-key-of-prod {VaultRig.RootToken}"));
        await resolver.DisposeAsync();
    }

    [Fact]
    public async Task GetAsync_InTheSandbox_ReadsFromTheStandIn()
    {
        using var folder = new TemporaryDirectory();
        await using LocalSandbox sandbox = await LocalSandbox.StartAsync(new SandboxOptions
        {
            StateDirectory = folder.Path,
            App = "order-service",
            Secrets = new Dictionary<string, string> { ["vault://secret/prod/stripe#key"] = "sandbox-stripe-key", ["vault://database/creds/app#username"] = "sandbox-user", ["aws-sm://other"] = "not for Vault" },
        }, Token);
        var masker = new SecretMasker();
        SecretResolver resolver = SecretStores.Sandbox(masker, new Dictionary<string, string>(), TimeProvider.System, sandbox.Variables);
        Assert.Equal("sandbox-stripe-key", (await resolver.GetAsync(Reference("vault://secret/prod/stripe#key"), Token)).Reveal());
        SecretSet credentials = await resolver.GetSetAsync(Reference("vault://database/creds/app"), Token);
        Assert.Equal("sandbox-user", credentials["username"].Reveal());
        Assert.NotEmpty(credentials["password"].Reveal());
        await resolver.DisposeAsync();
    }
}
