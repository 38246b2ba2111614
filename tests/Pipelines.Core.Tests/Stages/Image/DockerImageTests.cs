using Pipelines.Core.Model;
using Pipelines.Core.Tests.Clients.Registry;
using Pipelines.Core.Tests.Tools.Docker;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Image;

/// <summary>Build and push with the real docker and the real registry.</summary>
public sealed class DockerImageTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly string _tag = Guid.NewGuid().ToString("N");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Programs => [.. RealDocker.Programs.DefaultIfEmpty("docker")];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task BuildAndPush_RealParts_RegistryHoldsWhatWasBuiltAndNothingIsBuiltTwice(string program)
    {
        RealDocker.Require();
        using var registry = RealRegistry.Start();
        _folder.Write("Dockerfile", $"FROM {RealDocker.BaseImage}\nARG COLOUR\nCOPY app.txt /\nRUN echo $COLOUR > /colour\nCMD [\"cat\", \"/app.txt\"]\n");
        _folder.Write("app.txt", "hello");
        RecordingContext run = Run();
        DockerBuild build = Build(registry, program) with { BuildArguments = new Dictionary<string, string> { ["COLOUR"] = "blue" } };

        BuiltImage built = await build.RunAsync(run.Context, Token);
        Assert.IsType<ImageLocation.DockerEngine>(built.Location);
        Assert.Equal(built.Id, RealDocker.Run("image", "inspect", "--format", "{{.Id}}", built.Reference.ToString()).Output.Trim());
        Assert.Equal("0123456789 https://git.example.com/app 2026-01-02T03:04:05Z", RealDocker.Run("image", "inspect", "--format", "{{index .Config.Labels \"org.opencontainers.image.revision\"}} {{index .Config.Labels \"org.opencontainers.image.source\"}} {{index .Config.Labels \"org.opencontainers.image.created\"}}", built.Id).Output.Trim());

        PublishedImage pushed = await Push(program).RunAsync(Scanned(built), run.Context, Token);
        Assert.Equal(pushed.Digest, run.Fact("digest"));
        Assert.Equal("hello", RealDocker.Run("run", "--rm", built.Id).Output);

        // the same image again: success, nothing pushed
        Assert.Equal(pushed.Digest, (await Push(program).RunAsync(Scanned(built), run.Context, Token)).Digest);
        // the same commit again: not built
        RecordingContext second = Run();
        BuiltImage again = await (build with { Program = "no-docker-needed" }).RunAsync(second.Context, Token);
        Assert.Equal(new ImageLocation.Registry(pushed.Digest), again.Location);
        Assert.Contains("nothing is built", second.LogText, StringComparison.Ordinal);
        Assert.Equal(pushed.Digest, (await Push("no-docker-needed").RunAsync(Scanned(again), second.Context, Token)).Digest);
        Assert.DoesNotContain(RealRegistry.Password, run.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_TagNamesOtherContent_FailsWithBothAndOverwritesNothing()
    {
        RealDocker.Require();
        using var registry = RealRegistry.Start();
        BuiltImage first = await BuildWith(registry, "first");
        BuiltImage second = await BuildWith(registry, "second");
        RecordingContext run = Run();
        PublishedImage pushed = await Push().RunAsync(Scanned(first), run.Context, Token);
        TagConflictException exception = await Assert.ThrowsAsync<TagConflictException>(() => Push().RunAsync(Scanned(second), run.Context, Token));
        Assert.Contains(pushed.Digest, exception.Message, StringComparison.Ordinal);
        Assert.Contains(second.Id, exception.Message, StringComparison.Ordinal);
        Assert.Equal(pushed.Digest, (await Push().RunAsync(Scanned(first), run.Context, Token)).Digest);
    }

    [Fact]
    public async Task Push_NameMovedAfterTheScan_PushesWhatWasScanned()
    {
        RealDocker.Require();
        using var registry = RealRegistry.Start();
        BuiltImage scanned = await BuildWith(registry, "scanned");
        BuiltImage other = await BuildWith(registry, "other"); // takes the name over
        Assert.NotEqual(scanned.Id, other.Id);
        RecordingContext run = Run();
        PublishedImage pushed = await Push().RunAsync(Scanned(scanned), run.Context, Token);
        RealDocker.Run("rmi", "--force", other.Id, scanned.Id);
        await Assert.ThrowsAsync<TagConflictException>(() => Push().RunAsync(Scanned(other), run.Context, Token)); // the registry holds the scanned one
        Assert.Equal(pushed.Digest, run.Fact("digest"));
    }

    [Fact]
    public async Task Build_SecretByMount_IsReadAndNotInTheImage()
    {
        RealDocker.Require();
        string? program = RealDocker.Programs.FirstOrDefault(path => path == "/usr/bin/docker");
        Assert.SkipWhen(program is null, "no docker with BuildKit here");
        using var registry = RealRegistry.Start();
        _folder.Write("Dockerfile", $"FROM {RealDocker.BaseImage}\nRUN --mount=type=secret,id=npm [ $(busybox wc -c < /run/secrets/npm) = 10 ]\n");
        RecordingContext run = Run();
        await (Build(registry, program!) with { Secrets = new Dictionary<string, SecretReference> { ["npm"] = SecretReference.Parse("env://NPM") } }).RunAsync(run.Context, Token);
        Assert.DoesNotContain("t0p-s3cret", run.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_SecretWithClassicBuilder_SaysThatBuildKitIsNeeded()
    {
        RealDocker.Require();
        string? program = RealDocker.Programs.FirstOrDefault(path => path == "/usr/local/bin/docker");
        Assert.SkipWhen(program is null, "no docker with the classic builder only here");
        using var registry = RealRegistry.Start();
        _folder.Write("Dockerfile", $"FROM {RealDocker.BaseImage}\n");
        DockerBuild build = Build(registry, program!) with { Secrets = new Dictionary<string, SecretReference> { ["npm"] = SecretReference.Parse("env://NPM") } };
        InvalidUsageException exception = await Assert.ThrowsAsync<InvalidUsageException>(() => build.RunAsync(Run().Context, Token));
        Assert.Contains("buildx", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Build_BaseImageUnreachable_IsTransientAndNamesIt(string program)
    {
        RealDocker.Require();
        using var registry = RealRegistry.Start();
        _folder.Write("Dockerfile", "FROM 127.0.0.1:9/base:1\n");
        BaseImageUnavailableException exception = await Assert.ThrowsAsync<BaseImageUnavailableException>(() => Build(registry, program).RunAsync(Run().Context, Token));
        Assert.Equal(("127.0.0.1:9/base:1", true), (exception.Image, exception.IsTransient));
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Build_StepFails_IsNotTransientAndShowsTheStep(string program)
    {
        RealDocker.Require();
        using var registry = RealRegistry.Start();
        _folder.Write("Dockerfile", $"FROM {RealDocker.BaseImage}\nRUN echo broken-step && exit 7\n");
        CommandFailedException exception = await Assert.ThrowsAsync<CommandFailedException>(() => Build(registry, program).RunAsync(Run().Context, Token));
        Assert.Contains("broken-step", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_WrongPassword_IsDenied()
    {
        RealDocker.Require();
        using var registry = RealRegistry.Start();
        BuiltImage built = await BuildWith(registry, "x");
        RecordingContext run = new(_folder.Path, secrets: new Dictionary<string, string> { ["env://REGISTRY_PASSWORD"] = "wrong" });
        await Assert.ThrowsAsync<RegistryAccessDeniedException>(() => Push().RunAsync(Scanned(built), run.Context, Token));
    }

    private async Task<BuiltImage> BuildWith(RealRegistry registry, string content)
    {
        _folder.Write("Dockerfile", $"FROM {RealDocker.BaseImage}\nCOPY app.txt /\n");
        _folder.Write("app.txt", content);
        return await Build(registry, "docker").RunAsync(Run().Context, Token);
    }

    private static ScannedImage Scanned(BuiltImage image) => new(image, new ScanResult("test", [], [], []));

    private static DockerBuild Build(RealRegistry registry, string program) => new($"{registry.Authority}/team/app") { Credentials = RealRegistry.Credentials, Program = program };

    private static PushImage Push(string program = "docker") => new() { Credentials = RealRegistry.Credentials, Program = program };

    private RecordingContext Run()
    {
        var secrets = new Dictionary<string, string>(RealRegistry.Secrets) { ["env://NPM"] = "t0p-s3cret" };
        return new RecordingContext(_folder.Path, secrets: secrets, source: new SourceRevision("0123456789", "main", "https://git.example.com/app", [], _tag, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
    }
}
