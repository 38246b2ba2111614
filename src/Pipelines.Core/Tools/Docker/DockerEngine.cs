using System.Text.Json;

namespace Pipelines.Core.Tools.Docker;

/// <summary>Typed docker commands. Made by <see cref="ConnectAsync"/>, which finds out what this docker can do.</summary>
internal sealed class DockerEngine : IDisposable
{
    public const string Program = "docker";
    public const string InstallHint = "https://docs.docker.com/engine/install/ ('apt-get install docker.io' on Debian and Ubuntu)";

    private const int LastDockerWithBuildKitInside = 22;

    private readonly StageContext _context;
    private readonly string _program;
    private PrivateFolder? _config;

    private DockerEngine(StageContext context, string program, DockerBuilder builder, string version)
    {
        _context = context;
        _program = program;
        Builder = builder;
        Version = version;
    }

    public DockerBuilder Builder { get; }

    /// <summary>The engine's version.</summary>
    public string Version { get; }

    /// <summary>Finds docker, its engine and its builder.</summary>
    /// <exception cref="ToolNotFoundException">Docker is not installed.</exception>
    /// <exception cref="DockerUnavailableException">Its engine does not answer.</exception>
    public static async Task<DockerEngine> ConnectAsync(StageContext context, string program, CancellationToken cancellationToken)
    {
        CommandResult result = await new Command(program, "version", "--format", "{{json .}}").WithInstallHint(InstallHint).WithTimeout(TimeSpan.FromSeconds(30)).AllowAnyExitCode().Quiet()
            .RunAsync(context, cancellationToken).ConfigureAwait(false);
        (string client, string server) = Versions(result.Output);
        if (!result.Succeeded || server.Length == 0)
            throw new DockerUnavailableException("  " + (FirstLine(result.ErrorOutput) ?? "docker version names no server"));
        CommandResult buildx = await new Command(program, "buildx", "version").WithTimeout(TimeSpan.FromSeconds(30)).AllowAnyExitCode().Quiet().RunAsync(context, cancellationToken).ConfigureAwait(false);
        DockerBuilder builder = buildx.Succeeded ? DockerBuilder.Buildx : Major(client) is >= 18 and <= LastDockerWithBuildKitInside ? DockerBuilder.BuildKit : DockerBuilder.Classic;
        return new DockerEngine(context, program, builder, server);
    }

    /// <summary>Signs in for the commands of this object only. The password goes in by standard input.</summary>
    public async Task LoginAsync(DockerLogin login, CancellationToken cancellationToken)
    {
        _config = PrivateFolder.Create();
        DockerConfigFolder.Fill(_config, DockerConfigFolder.OfUser(), login.Registry);
        CommandResult result = await Command("login", "--username", login.User, "--password-stdin", login.Registry).WithInput(login.Password).AllowAnyExitCode().Quiet().RunAsync(_context, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw DockerPushErrors.OfLogin(login, result.ErrorOutput);
    }

    /// <summary>Builds an image and keeps it in the engine.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> BuildAsync(DockerBuildRequest request, CancellationToken cancellationToken)
    {
        using var folder = PrivateFolder.Create();
        string idFile = Path.Combine(folder.Path, "image-id");
        Command command = Command([.. DockerBuildCommand.Arguments(request, Builder, idFile)]).WithBuilder(Builder);
        CommandResult result = await command.AllowAnyExitCode().RunAsync(_context, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw (PipelineException?)DockerBuildErrors.BaseImage(result.ErrorOutput.Trim().Length > 0 && Builder != DockerBuilder.Classic ? result.ErrorOutput : $"{result.Output}\n{Undeprecated(result.ErrorOutput)}")
                ?? new CommandFailedException(command, $"failed with exit code {result.ExitCode}", result.ExitCode, Last(result), "Its output above says which line of the Dockerfile failed. 'docker build .' on a laptop does the same.");
        string id = File.Exists(idFile) ? (await File.ReadAllTextAsync(idFile, cancellationToken).ConfigureAwait(false)).Trim() : "";
        return id.StartsWith("sha256:", StringComparison.Ordinal)
            ? id
            : throw new StageFailedException("Docker built an image but did not say which.", "  the file of --iidfile is empty", "If a buildx builder of another driver is in use, its '--load' must work: try 'docker buildx use default'.");
    }

    /// <summary>Gives the image with that id a name.</summary>
    public Task TagAsync(string id, ImageReference name, CancellationToken cancellationToken) => Command("tag", id, name.ToString()).RunAsync(_context, cancellationToken);

    /// <summary>The id of the image that a name or an id names; null where the engine has none.</summary>
    public async Task<string?> FindIdAsync(string nameOrId, CancellationToken cancellationToken)
    {
        CommandResult result = await Command("image", "inspect", "--format", "{{.Id}}", nameOrId).AllowAnyExitCode().Quiet().RunAsync(_context, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Output.Trim() : null;
    }

    /// <summary>Pushes a name. What the registry holds then is for the registry to say.</summary>
    public async Task PushAsync(ImageReference name, CancellationToken cancellationToken)
    {
        Command command = Command("push", name.ToString());
        CommandResult result = await command.AllowAnyExitCode().RunAsync(_context, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw DockerPushErrors.OfPush(command, name, result);
    }

    public void Dispose() => _config?.Dispose();

    private Command Command(params IReadOnlyList<string> arguments)
    {
        var command = new Command(_program, arguments);
        if (_config is null)
            return command;
        command = command.WithEnvironment("DOCKER_CONFIG", _config.Path);
        string builders = Path.Combine(DockerConfigFolder.OfUser(), "buildx");
        return Directory.Exists(builders) ? command.WithEnvironment("BUILDX_CONFIG", builders) : command; // the builder the user chose
    }

    private static (string Client, string Server) Versions(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return (Version(document, "Client"), Version(document, "Server"));
        }
        catch (JsonException)
        {
            return ("", "");
        }

        static string Version(JsonDocument document, string side) =>
            document.RootElement.TryGetProperty(side, out JsonElement element) && element.ValueKind == JsonValueKind.Object && element.TryGetProperty(nameof(Version), out JsonElement version) ? version.GetString() ?? "" : "";
    }

    private static int Major(string version) => int.TryParse(version.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture, out int major) ? major : 0;

    private static string? FirstLine(string text) => text.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0);

    private static string Undeprecated(string errors) => string.Join('\n', errors.Split('\n').Where(line => !line.StartsWith("DEPRECATED", StringComparison.Ordinal) && !line.StartsWith("            ", StringComparison.Ordinal)));

    private static List<string> Last(CommandResult result) => [.. $"{result.Output}\n{result.ErrorOutput}".Split('\n').Where(line => line.Trim().Length > 0).TakeLast(20)];
}
