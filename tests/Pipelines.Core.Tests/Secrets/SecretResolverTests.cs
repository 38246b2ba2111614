using System.Text;
using Pipelines.Core.Cli.Session;
using Pipelines.Core.Model;
using Pipelines.Core.Secrets;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Secrets;

public sealed class SecretResolverTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly SecretMasker _masker = new();

    public void Dispose() => _directory.Dispose();

    private SecretResolver Live(params (string Name, string Value)[] variables) =>
        SecretStores.Live(_masker, variables.ToDictionary(variable => variable.Name, variable => variable.Value), _directory.Path, TimeProvider.System);

    private static SecretReference Reference(string text) => SecretReference.Parse(text);

    [Fact]
    public async Task GetAsync_Environment_GivesTheValueMaskedAlready()
    {
        Secret secret = await Live(("ARGOCD_TOKEN", "token-value-1")).GetAsync(Reference("env://ARGOCD_TOKEN"));
        Assert.Equal("token-value-1", secret.Reveal());
        Assert.Equal("env://ARGOCD_TOKEN", secret.Source);
        Assert.Equal("got ***", _masker.Mask("got token-value-1"));
    }

    [Fact]
    public async Task GetAsync_MissingVariable_NamesItAndTheNearest()
    {
        SecretNotFoundException error = await Assert.ThrowsAsync<SecretNotFoundException>(() => Live(("ARGOCD_TOKEN", "token-value-1")).GetAsync(Reference("env://ARGOCD_TOKE")));
        Assert.Contains("no variable ARGOCD_TOKE. It has ARGOCD_TOKEN.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("token-value-1", error.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.MissingPrerequisite, error.Kind);
    }

    [Fact]
    public async Task GetAsync_EmptyVariable_SaysItIsEmpty()
    {
        SecretUnusableException error = await Assert.ThrowsAsync<SecretUnusableException>(() => Live(("TOKEN", "")).GetAsync(Reference("env://TOKEN")));
        Assert.Contains("is set, but empty", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file-secret", "file-secret")]
    [InlineData("file-secret\n", "file-secret")]
    [InlineData("file-secret\r\n", "file-secret")]
    [InlineData("file-secret\n\n", "file-secret\n")]
    [InlineData("\ufefffile-secret", "file-secret")]
    public async Task GetAsync_File_GivesItsTextWithoutTheLastLineEnd(string content, string expected)
    {
        string path = _directory.Write("run/token", content);
        Assert.Equal(expected, (await Live().GetAsync(Reference("file://" + path))).Reveal());
        Assert.Equal(expected, (await Live().GetAsync(Reference("file://run/token"))).Reveal());
        Assert.Equal("***", _masker.Mask(expected.Trim()));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n", "is empty")]
    [InlineData("bin\0ary-secret", "NUL")]
    public async Task GetAsync_FileWithoutUsableText_SaysWhy(string content, string reason)
    {
        _directory.Write("token", content);
        SecretUnusableException error = await Assert.ThrowsAsync<SecretUnusableException>(() => Live().GetAsync(Reference("file://token")));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ary-secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_FileThatIsNotUtf8_ShowsNoByteOfIt()
    {
        await File.WriteAllBytesAsync(Path.Combine(_directory.Path, "token"), [0x73, 0x65, 0xff, 0xfe, 0x80]);
        SecretUnusableException error = await Assert.ThrowsAsync<SecretUnusableException>(() => Live().GetAsync(Reference("file://token")));
        Assert.Contains("not UTF-8", error.Message, StringComparison.Ordinal);
        Assert.Null(error.InnerException);
    }

    [Fact]
    public async Task GetAsync_FileOf64KB_IsReadAndOneByteMoreIsRefused()
    {
        _directory.Write("fits", new string('s', FileSecrets.LargestFile));
        _directory.Write("too-large", new string('s', FileSecrets.LargestFile + 1));
        Assert.Equal(FileSecrets.LargestFile, (await Live().GetAsync(Reference("file://fits"))).Reveal().Length);
        SecretUnusableException error = await Assert.ThrowsAsync<SecretUnusableException>(() => Live().GetAsync(Reference("file://too-large")));
        Assert.Contains("larger than 64 KB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_MissingFileOrFolder_SaysWhich()
    {
        SecretNotFoundException missing = await Assert.ThrowsAsync<SecretNotFoundException>(() => Live().GetAsync(Reference("file:///no/such/file")));
        Assert.Contains("There is no file /no/such/file", missing.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_directory.Path, "folder"));
        SecretUnusableException folder = await Assert.ThrowsAsync<SecretUnusableException>(() => Live().GetAsync(Reference("file://folder")));
        Assert.Contains("is a folder", folder.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evn://TOKEN", "Did you mean env://TOKEN?")]
    [InlineData("gopher://TOKEN", "Write one of these: aws-sm://, aws-ssm://, env://, file://, vault://.")]
    [InlineData("sandbox://TOKEN", "for runs in the sandbox only")]
    public async Task GetAsync_UnknownScheme_ListsTheKnownOnes(string reference, string advice)
    {
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => Live().GetAsync(Reference(reference)));
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("env://PATH")]
    [InlineData("file:///etc/hostname")]
    [InlineData("vault://secret/x#y")]
    public async Task GetAsync_RealReferenceInSandbox_IsRefused(string reference)
    {
        SecretResolver sandbox = SecretStores.Sandbox(_masker, new Dictionary<string, string> { ["sandbox://registry"] = "sandbox-password" }, TimeProvider.System);
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => sandbox.GetAsync(Reference(reference)));
        Assert.Contains("never reads real credentials", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_SandboxSecret_IsGivenAndMasked()
    {
        SecretResolver sandbox = SecretStores.Sandbox(_masker, new Dictionary<string, string> { ["sandbox://registry"] = "sandbox-password" }, TimeProvider.System);
        Assert.Equal("sandbox-password", (await sandbox.GetAsync(Reference("sandbox://registry"))).Reveal());
        Assert.Equal("***", _masker.Mask("sandbox-password"));
        SecretNotFoundException error = await Assert.ThrowsAsync<SecretNotFoundException>(() => sandbox.GetAsync(Reference("sandbox://registri")));
        Assert.Contains("It has sandbox://registry.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_ManyCallersAtOnce_FetchOnce()
    {
        var source = new CountingSource();
        SecretResolver resolver = SecretResolver.Live(_masker, TimeProvider.System, new Dictionary<string, Func<ISecretSource>> { [source.Scheme] = () => source });
        Task<Secret>[] calls = [.. Enumerable.Range(0, 50).Select(_ => Task.Run(() => resolver.GetAsync(Reference("count://x"))))];
        source.Release.SetResult("one-value");
        Secret[] secrets = await Task.WhenAll(calls);
        Assert.Equal(1, source.Reads);
        Assert.All(secrets, secret => Assert.Same(secrets[0], secret)); // one value a run, whatever is rotated meanwhile
    }

    [Fact]
    public async Task GetAsync_CallerGivesUp_TheOthersStillGetIt()
    {
        var source = new CountingSource();
        SecretResolver resolver = SecretResolver.Live(_masker, TimeProvider.System, new Dictionary<string, Func<ISecretSource>> { [source.Scheme] = () => source });
        using var impatient = new CancellationTokenSource();
        Task<Secret> first = resolver.GetAsync(Reference("count://x"), impatient.Token);
        Task<Secret> second = resolver.GetAsync(Reference("count://x"));
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        source.Release.SetResult("one-value");
        Assert.Equal("one-value", (await second).Reveal());
    }

    [Fact]
    public async Task GetAsync_AfterAFailure_TriesAgain()
    {
        SecretResolver resolver = Live();
        await Assert.ThrowsAsync<SecretNotFoundException>(() => resolver.GetAsync(Reference("file://late")));
        _directory.Write("late", "late-secret");
        Assert.Equal("late-secret", (await resolver.GetAsync(Reference("file://late"))).Reveal());
    }

    [Fact]
    public async Task GetAsync_TransientFault_TriesAgain()
    {
        var time = new ManualTime { AutoAdvance = true };
        var source = new FaultySource(failures: 2, new SecretStoreException(Reference("slow://token"), "it limits the rate.", null, "A retry may help.", transient: true));
        SecretResolver resolver = SecretResolver.Live(_masker, time, new Dictionary<string, Func<ISecretSource>> { ["slow"] = () => source });
        Assert.Equal("slow-token-value", (await resolver.GetAsync(Reference("slow://token"))).Reveal());
        Assert.Equal(3, source.Reads);
    }

    [Fact]
    public async Task GetAsync_Scoped_FillsInAppAndEnvironment()
    {
        SecretResolver live = Live(("STRIPE_prod", "stripe-prod-key"));
        ISecretResolver prod = new ScopedSecrets(live, "order-service", "prod");
        Assert.Equal("stripe-prod-key", (await prod.GetAsync(Reference("env://STRIPE_{environment}"))).Reveal());
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => new ScopedSecrets(live, "order-service", null).GetAsync(Reference("env://{app}_{environment}")));
        Assert.Contains("env://order-service_{environment} is read by a stage that belongs to no environment", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetSetAsync_StoreOfSingleValues_SaysSo()
    {
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => Live(("A", "aaaaaaaa")).GetSetAsync(Reference("env://A")));
        Assert.Contains("env:// keeps single values only", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_PipeThatNobodyWritesInto_EndsWithAnError()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such pipes");
        string pipe = Path.Combine(_directory.Path, "pipe");
        await new Command("mkfifo", pipe).RunAsync(new RecordingContext().Context);
        var time = new ManualTime();
        SecretResolver resolver = SecretResolver.Live(_masker, time, new Dictionary<string, Func<ISecretSource>> { ["file"] = () => new FileSecrets(_directory.Path, time) });
        Task<Secret> reading = resolver.GetAsync(Reference("file://pipe"));
        while (time.Waits.Count == 0)
            await Task.Yield();
        time.Advance(FileSecrets.Patience);
        SecretUnusableException error = await Assert.ThrowsAsync<SecretUnusableException>(() => reading);
        Assert.Contains("gave nothing to read within 20 s", error.Message, StringComparison.Ordinal);
        Assert.Contains("If it is a pipe, nobody writes into it", error.Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(pipe, "", TestContext.Current.CancellationToken); // frees the thread that still waits
    }

    [Fact]
    public async Task GetAsync_PipeThatIsWritten_IsRead()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such pipes");
        string pipe = Path.Combine(_directory.Path, "pipe");
        await new Command("mkfifo", pipe).RunAsync(new RecordingContext().Context);
        Task<Secret> reading = Live().GetAsync(Reference("file://pipe"));
        await File.WriteAllTextAsync(pipe, "piped-secret\n", TestContext.Current.CancellationToken);
        Assert.Equal("piped-secret", (await reading).Reveal());
    }

    [Fact]
    public async Task EnvironmentNames_ReferencesReadAndKnown_AreAllThere()
    {
        SecretResolver resolver = Live(("READ", "read-value"));
        resolver.Know(Reference("env://SETTING_{environment}"));
        resolver.Know(Reference("file://no-variable"));
        await resolver.GetAsync(Reference("env://READ"));
        await Assert.ThrowsAsync<SecretNotFoundException>(() => resolver.GetAsync(Reference("env://MISSING")));
        ISecretResolver scoped = new ScopedSecrets(resolver, "app", "prod");
        Assert.Equal(["MISSING", "READ", "SETTING_{environment}"], scoped.EnvironmentNames.Order(StringComparer.Ordinal));
    }

    private sealed class FaultySource(int failures, Exception failure) : ISecretSource
    {
        public int Reads { get; private set; }

        public string Scheme => "slow";

        public Task<string> ReadAsync(SecretReference reference, CancellationToken cancellationToken) =>
            Reads++ < failures ? Task.FromException<string>(failure) : Task.FromResult("slow-token-value");
    }

    private sealed class CountingSource : ISecretSource
    {
        private int _reads;

        public int Reads => _reads;

        public TaskCompletionSource<string> Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Scheme => "count";

        public Task<string> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            return Release.Task;
        }
    }
}
