using System.Text.Json;
using Pipelines.Core.Tools;
using Pipelines.Core.Tools.Docker;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Tools.Docker;

public sealed class DockerEngineTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly RecordingContext _run;

    public DockerEngineTests() => _run = new RecordingContext(_folder.Path);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ConnectAsync_NotInstalled_SaysHowToInstallIt()
    {
        ToolNotFoundException exception = await Assert.ThrowsAsync<ToolNotFoundException>(() => DockerEngine.ConnectAsync(_run.Context, Path.Combine(_folder.Path, "docker"), Token));
        Assert.Contains("docs.docker.com", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_EngineNotRunning_SaysHowToStartIt()
    {
        string docker = Docker("""echo '{"Client":{"Version":"28.2.2"},"Server":null}'; echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.' >&2; exit 1""");
        DockerUnavailableException exception = await Assert.ThrowsAsync<DockerUnavailableException>(() => DockerEngine.ConnectAsync(_run.Context, docker, Token));
        Assert.Equal(FailureKind.MissingPrerequisite, exception.Kind);
        Assert.Contains("Cannot connect", exception.Message, StringComparison.Ordinal);
        Assert.Contains("systemctl start docker", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("20.10.24+dfsg1", 1, nameof(DockerBuilder.BuildKit))]
    [InlineData("28.2.2", 1, nameof(DockerBuilder.Classic))]
    [InlineData("28.2.2", 0, nameof(DockerBuilder.Buildx))]
    [InlineData("17.03.0", 1, nameof(DockerBuilder.Classic))]
    public async Task ConnectAsync_ClientAndPlugins_DecideTheBuilder(string client, int buildxExitCode, string builder)
    {
        string docker = Docker($$"""
            [ "$1" = buildx ] && exit {{buildxExitCode}}
            echo '{"Client":{"Version":"{{client}}"},"Server":{"Version":"27.0.0"} }'
            """);
        using DockerEngine engine = await DockerEngine.ConnectAsync(_run.Context, docker, Token);
        Assert.Equal((builder, "27.0.0"), (engine.Builder.ToString(), engine.Version));
    }

    [Fact]
    public async Task LoginAsync_Password_GoesByStandardInputIntoAPrivateFolderThatIsGoneAfter()
    {
        string docker = Docker("""
            here=$(dirname "$0")
            case "$1" in
              version) echo '{"Client":{"Version":"28.2.2"},"Server":{"Version":"28.2.2"}}' ;;
              buildx) exit 1 ;;
              login) echo "$@" > $here/arguments; cat > $here/password; echo "$DOCKER_CONFIG" > $here/config; stat -c %a "$DOCKER_CONFIG" > $here/mode ;;
            esac
            """);
        using (DockerEngine engine = await DockerEngine.ConnectAsync(_run.Context, docker, Token))
        {
            await engine.LoginAsync(new DockerLogin("registry.example.com", "robot", Secret.Of("s3cret", "test")), Token);
            Assert.True(Directory.Exists(_folder.Read("config").Trim()));
        }

        Assert.Equal("login --username robot --password-stdin registry.example.com\n", _folder.Read("arguments"));
        Assert.Equal("s3cret", _folder.Read("password"));
        Assert.Equal("700\n", _folder.Read("mode"));
        Assert.False(Directory.Exists(_folder.Read("config").Trim()));
        Assert.DoesNotContain("s3cret", _run.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public void Fill_UsersConfiguration_IsKeptButForOurRegistryAndNeverChanged()
    {
        const string Own = """{"auths":{"ours.example.com":{"auth":"b2xk"},"base.example.com":{"auth":"YmFzZQ=="}},"credsStore":"desktop","currentContext":"remote"}""";
        _folder.Write("user/config.json", Own);
        _folder.Write("user/cli-plugins/docker-buildx", "plugin");
        using var config = PrivateFolder.Create();
        DockerConfigFolder.Fill(config, Path.Combine(_folder.Path, "user"), "ours.example.com");

        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(config.Path, "config.json")));
        JsonElement root = document.RootElement;
        Assert.False(root.GetProperty("auths").TryGetProperty("ours.example.com", out _));
        Assert.Equal("YmFzZQ==", root.GetProperty("auths").GetProperty("base.example.com").GetProperty("auth").GetString());
        Assert.Equal("", root.GetProperty("credHelpers").GetProperty("ours.example.com").GetString()); // so that "docker login" writes here, not into the keychain
        Assert.Equal("remote", root.GetProperty("currentContext").GetString());
        Assert.Equal("plugin", File.ReadAllText(Path.Combine(config.Path, "cli-plugins", "docker-buildx")));
        Assert.Equal(Own, _folder.Read("user/config.json"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(config.Path, "config.json")));
    }

    [Fact]
    public void Dispose_PrivateFolderWithLinks_LeavesWhatTheyLinkTo()
    {
        _folder.Write("user/cli-plugins/docker-buildx", "plugin");
        using (var config = PrivateFolder.Create())
            DockerConfigFolder.Fill(config, Path.Combine(_folder.Path, "user"), "ours.example.com");
        Assert.Equal("plugin", _folder.Read("user/cli-plugins/docker-buildx"));
    }

    [Fact]
    public void Arguments_Buildx_HaveEverything()
    {
        var request = new DockerBuildRequest
        {
            Context = "/c",
            Dockerfile = "/c/Dockerfile",
            Name = ImageReference.Parse("r.example.com/a:1"),
            Target = "run",
            Platform = "linux/arm64",
            BuildArguments = new Dictionary<string, string> { ["B"] = "2", ["A"] = "1" },
            Labels = new Dictionary<string, string> { ["l"] = "v" },
            SecretFiles = new Dictionary<string, string> { ["npm"] = "/s/0" },
            CacheFrom = ["type=gha"],
            CacheTo = ["type=gha,mode=max"],
        };
        Assert.Equal(
            "buildx build --load --progress=plain --iidfile /id --file /c/Dockerfile --tag r.example.com/a:1 --target run --platform linux/arm64 --build-arg A=1 --build-arg B=2 --label l=v --secret id=npm,src=/s/0 --cache-from type=gha --cache-to type=gha,mode=max /c",
            string.Join(' ', DockerBuildCommand.Arguments(request, DockerBuilder.Buildx, "/id")));
        IReadOnlyList<string> inside = DockerBuildCommand.Arguments(request, DockerBuilder.BuildKit, "/id");
        Assert.Equal("build", inside[0]);
        Assert.DoesNotContain("--cache-from", inside);
    }

    private string Docker(string body)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the dummy docker is a shell script");
        string path = _folder.Write("docker", "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
