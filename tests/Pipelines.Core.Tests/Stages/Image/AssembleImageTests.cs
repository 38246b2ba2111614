using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using Pipelines.Core.Clients.Registry;
using Pipelines.Core.Model;
using Pipelines.Core.Stages.Image;
using Pipelines.Core.Tests.Clients;
using Pipelines.Core.Tests.Clients.Registry;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Image;

public sealed class AssembleImageTests : IDisposable
{
    private static readonly SourceRevision Source = new("0123456789", "main", "https://git.example.com/app", [], "v1", new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_SameFiles_SameDigestWhateverTheTimes()
    {
        await using var registry = Empty();
        Write(_folder);
        BuiltImage first = await Assemble(_folder, registry);
        using var copy = new TemporaryDirectory();
        Write(copy);
        File.SetLastWriteTimeUtc(Path.Combine(copy.Path, "src", "app.py"), new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        BuiltImage second = await Assemble(copy, registry);
        BuiltImage third = await Assemble(_folder, registry); // with the run's own folder in the context by now
        Assert.Equal(first.Id, second.Id);
        Assert.Equal(first.Id, third.Id);
        copy.Write("src/app.py", "print(2)");
        Assert.NotEqual(first.Id, (await Assemble(copy, registry)).Id);
    }

    [Fact]
    public async Task RunAsync_Context_IsALayerWithTheDockerfilesSettings()
    {
        await using var registry = Empty();
        Write(_folder);
        RecordingContext run = Run(_folder);
        BuiltImage built = await new AssembleImage(registry.Image).RunAsync(run.Context, Token);
        var layout = new OciLayout(Assert.IsType<ImageLocation.OciLayout>(built.Location).Directory);
        using JsonDocument manifest = Json(layout, built.Id);
        string layer = manifest.RootElement.GetProperty("layers")[0].GetProperty("digest").GetString()!;
        using JsonDocument configuration = Json(layout, manifest.RootElement.GetProperty("config").GetProperty("digest").GetString()!);
        JsonElement config = configuration.RootElement.GetProperty("config");

        Assert.Equal(["app/", "app/.dockerignore", "app/Dockerfile", "app/src/", "app/src/app.py"], Entries(layout.BlobPath(layer)).Order(StringComparer.Ordinal));
        Assert.Equal("/app", config.GetProperty("WorkingDir").GetString());
        Assert.Equal("""["python","-m","app"]""", config.GetProperty("Entrypoint").GetRawText());
        Assert.Equal("""["PORT=8080"]""", config.GetProperty("Env").GetRawText());
        Assert.Equal("1000", config.GetProperty("User").GetString());
        Assert.Equal("""{"8080/tcp":{}}""", config.GetProperty("ExposedPorts").GetRawText());
        Assert.Equal("0123456789", config.GetProperty("Labels").GetProperty("org.opencontainers.image.revision").GetString());
        Assert.Equal("2026-01-02T03:04:05Z", configuration.RootElement.GetProperty("created").GetString());
        using (var gzip = new GZipStream(File.OpenRead(layout.BlobPath(layer)), CompressionMode.Decompress))
            Assert.Equal(configuration.RootElement.GetProperty("rootfs").GetProperty("diff_ids")[0].GetString(), await Digests.OfAsync(gzip, Token));
        Assert.Contains("It has no base image", run.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PushImage_Layout_IsInTheRealRegistryAndNotMadeAgain()
    {
        using var registry = RealRegistry.Start();
        Write(_folder);
        RecordingContext run = Run(_folder);
        var assemble = new AssembleImage(ImageReference.Parse($"{registry.Authority}/team/app")) { Credentials = RealRegistry.Credentials };
        BuiltImage built = await assemble.RunAsync(run.Context, Token);
        var push = new PushImage { Credentials = RealRegistry.Credentials };
        PublishedImage published = await push.RunAsync(Scanned(built), run.Context, Token);
        Assert.Equal(built.Id, published.Digest);
        Assert.Equal($"{registry.Authority}/team/app:v1", run.Fact("image"));
        Assert.Equal(published.Digest, (await push.RunAsync(Scanned(built), run.Context, Token)).Digest);
        Assert.Equal(new ImageLocation.Registry(published.Digest), (await assemble.RunAsync(run.Context, Token)).Location);

        _folder.Write("src/app.py", "other");
        var other = new AssembleImage(ImageReference.Parse($"{registry.Authority}/team/other")) { Credentials = RealRegistry.Credentials };
        BuiltImage changed = await other.RunAsync(run.Context, Token);
        var conflicting = new BuiltImage(published.Reference, changed.Id, changed.Location, changed.Source);
        TagConflictException exception = await Assert.ThrowsAsync<TagConflictException>(() => push.RunAsync(Scanned(conflicting), run.Context, Token));
        Assert.Equal((published.Digest, changed.Id), (exception.RegistryDigest, exception.ImageId));
    }

    [Fact]
    public async Task PushImage_LayoutChangedAfterTheScan_IsRefused()
    {
        await using var registry = Empty();
        Write(_folder);
        BuiltImage built = await Assemble(_folder, registry);
        string manifest = new OciLayout(((ImageLocation.OciLayout)built.Location).Directory).BlobPath(built.Id);
        await File.AppendAllTextAsync(manifest, " ", Token);
        StageFailedException exception = await Assert.ThrowsAsync<StageFailedException>(() => new PushImage().RunAsync(Scanned(built), Run(_folder).Context, Token));
        Assert.Contains("changed after it was scanned", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Live_SaysHowToInstallDocker()
    {
        Write(_folder);
        var run = new RecordingContext(_folder.Path, RunMode.Live, source: Source);
        ToolNotFoundException exception = await Assert.ThrowsAsync<ToolNotFoundException>(() => new AssembleImage(ImageReference.Parse("127.0.0.1:1/app")).RunAsync(run.Context, Token));
        Assert.Contains("docs.docker.com", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_RegistryElsewhereInTheSandbox_IsRefused() =>
        await Assert.ThrowsAsync<InvalidUsageException>(() => new DockerBuild("registry.example.com/app").RunAsync(Run(_folder).Context, Token));

    [Fact]
    public async Task RunAsync_NoDockerfile_SaysWhereItWasLookedFor()
    {
        await using var registry = Empty();
        foreach (IStage<BuiltImage> stage in (IStage<BuiltImage>[])[new AssembleImage(registry.Image), new DockerBuild(registry.Image)])
        {
            InvalidUsageException exception = await Assert.ThrowsAsync<InvalidUsageException>(() => stage.RunAsync(Run(_folder).Context, Token));
            Assert.Contains(Path.Combine(_folder.Path, "Dockerfile"), exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RunAsync_UncommittedChangesThatTheRegistryHas_AreNotBuiltAgain()
    {
        const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        await using var registry = new FakeRegistry((request, response) =>
        {
            Assert.EndsWith("/manifests/v1-dirty", request.Path, StringComparison.Ordinal);
            response.Headers["Docker-Content-Digest"] = Digest;
        });
        var run = new RecordingContext(_folder.Path, source: Source with { Tag = "v1-dirty", UncommittedChanges = ["a"] });
        BuiltImage built = await new DockerBuild(registry.Image).RunAsync(run.Context, Token);
        Assert.Equal((Digest, new ImageLocation.Registry(Digest)), (built.Id, built.Location));
        Assert.Contains(Digest, run.LogText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://registry.example.com/app", "scheme")]
    [InlineData("registry.example.com/app:1", "without tag")]
    [InlineData("app", "names no registry")]
    public async Task DockerBuild_BadRepository_SaysWhatToWrite(string repository, string reason)
    {
        InvalidUsageException exception = await Assert.ThrowsAsync<InvalidUsageException>(() => new DockerBuild(repository).RunAsync(new RecordingContext(_folder.Path, source: Source).Context, Token));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    private static void Write(TemporaryDirectory folder)
    {
        folder.Write("Dockerfile", "FROM python:3.12 AS base\nENV PORT=8080\nFROM base\nWORKDIR /app\nCOPY . .\nEXPOSE $PORT\nUSER 1000\nENTRYPOINT [\"python\", \"-m\", \"app\"]\n");
        folder.Write(".dockerignore", "**/*.pyc\nbuild\n");
        folder.Write("src/app.py", "print(1)");
        folder.Write("src/app.pyc", Guid.NewGuid().ToString());
        folder.Write("build/bin/x.dll", Guid.NewGuid().ToString());
        folder.Write(".git/HEAD", Guid.NewGuid().ToString());
    }

    private static Task<BuiltImage> Assemble(TemporaryDirectory folder, FakeRegistry registry) => new AssembleImage(ImageReference.Parse(registry.Image.ToString())).RunAsync(Run(folder).Context, Token);

    private static RecordingContext Run(TemporaryDirectory folder) => new(folder.Path, RunMode.Sandbox, secrets: RealRegistry.Secrets, source: Source);

    private static ScannedImage Scanned(BuiltImage image) => new(image, new ScanResult("test", [], [], []));

    private static JsonDocument Json(OciLayout layout, string digest) => JsonDocument.Parse(File.ReadAllBytes(layout.BlobPath(digest)));

    private static List<string> Entries(string layer)
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(layer), CompressionMode.Decompress));
        var names = new List<string>();
        while (tar.GetNextEntry() is { } entry)
            names.Add(entry.Name);
        return names;
    }

    private static FakeRegistry Empty() => new((_, response) => response.StatusCode = 404);

    private sealed class FakeRegistry(Action<ScriptedServer.Request, System.Net.HttpListenerResponse> answer) : IAsyncDisposable
    {
        private readonly ScriptedServer _server = new(answer);

        public ImageReference Image => ImageReference.Parse($"{_server.Authority}/team/app");

        public ValueTask DisposeAsync() => _server.DisposeAsync();
    }
}
