using Pipelines.Core.Stages.Image;
using Pipelines.Core.Tools;
using Pipelines.Core.Tools.Docker;

namespace Pipelines.Core;

/// <summary>Builds the service's image once: where the registry already holds the tag of these sources, nothing is built and that image is carried on.</summary>
/// <param name="Repository">The repository the image is for, without tag: the tag is the commit.</param>
/// <remarks>Builds with buildx, or with the BuildKit inside docker 18.09 to 22, or with the classic builder, whichever is there.</remarks>
public sealed record DockerBuild(ImageReference Repository) : IStage<BuiltImage>, IDescribedStage
{
    /// <summary>Builds for a repository.</summary>
    /// <param name="repository">Such as <c>registry.example.com/team/order-service</c>, without scheme and tag.</param>
    /// <exception cref="InvalidUsageException">It is no repository.</exception>
    public DockerBuild(string repository) : this(ImageSource.ParseRepository(repository)) { }

    /// <summary>The folder that is sent to the builder, from the service's root.</summary>
    /// <value>the service's root</value>
    public string Context { get; init; } = ".";

    /// <summary>The Dockerfile, from <see cref="Context"/>.</summary>
    /// <value>Dockerfile</value>
    public string Dockerfile { get; init; } = "Dockerfile";

    /// <summary>The stage of the Dockerfile to build; null for the last.</summary>
    public string? Target { get; init; }

    /// <summary>The platform to build for, such as <c>linux/arm64</c>; null for the engine's own.</summary>
    public string? Platform { get; init; }

    /// <summary>Build arguments. They stay visible in the image's history: a secret goes into <see cref="Secrets"/>.</summary>
    public IReadOnlyDictionary<string, string> BuildArguments { get; init; } = new Dictionary<string, string>();

    /// <summary>Secrets for <c>RUN --mount=type=secret,id=…</c>, by id. They never become part of the image. Needs BuildKit.</summary>
    public IReadOnlyDictionary<string, SecretReference> Secrets { get; init; } = new Dictionary<string, SecretReference>();

    /// <summary>Labels beside <c>org.opencontainers.image.revision</c>, <c>.source</c> and <c>.created</c>, which are always there (created is the time of the commit, so that it breaks no cache).</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Where to import a build cache from, as buildx' <c>--cache-from</c>. Ignored, with a word in the log, where buildx is not there.</summary>
    public IReadOnlyList<string> CacheFrom { get; init; } = [];

    /// <summary>Where to export the build cache to, as buildx' <c>--cache-to</c>. Ignored, with a word in the log, where buildx is not there.</summary>
    public IReadOnlyList<string> CacheTo { get; init; } = [];

    /// <summary>How to sign in to the registry; null for what <see cref="RegistryCredentials.For"/> picks.</summary>
    public RegistryCredentials? Credentials { get; init; }

    /// <inheritdoc/>
    public string Description => $"docker build {Context} as {Repository.Name}, unless the registry has this commit already";

    internal string Program { get; init; } = DockerEngine.Program;

    /// <inheritdoc/>
    /// <exception cref="InvalidUsageException">There is no Dockerfile, or an option does not fit this docker.</exception>
    /// <exception cref="ToolNotFoundException">Docker is not installed.</exception>
    /// <exception cref="DockerUnavailableException">Docker's engine is not running.</exception>
    /// <exception cref="BaseImageUnavailableException">The base image cannot be pulled.</exception>
    /// <exception cref="CommandFailedException">The Dockerfile does not build.</exception>
    public async Task<BuiltImage> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ImageSource source = await ImageSource.OfAsync(Repository, Credentials, context, cancellationToken).ConfigureAwait(false);
        if (await source.FindBuiltAsync(context, cancellationToken).ConfigureAwait(false) is { } built)
            return built;

        string folder = Path.GetFullPath(Context, context.Run.Directory);
        string dockerfile = Path.GetFullPath(Dockerfile, folder);
        ImageSource.RequireDockerfile(folder, dockerfile);
        using DockerEngine docker = await DockerEngine.ConnectAsync(context, Program, cancellationToken).ConfigureAwait(false);
        CheckBuilder(docker, context);
        if (await source.LoginAsync(context, cancellationToken).ConfigureAwait(false) is { } login)
            await docker.LoginAsync(login, cancellationToken).ConfigureAwait(false); // base images may come from the same registry

        using var secretFolder = Secrets.Count > 0 ? PrivateFolder.Create() : null;
        var request = new DockerBuildRequest
        {
            Context = folder,
            Dockerfile = dockerfile,
            Name = source.Reference,
            Target = Target,
            Platform = Platform,
            BuildArguments = BuildArguments,
            Labels = source.Labels(Labels),
            SecretFiles = secretFolder is null ? new Dictionary<string, string>() : await WriteSecretsAsync(secretFolder, context, cancellationToken).ConfigureAwait(false),
            CacheFrom = CacheFrom,
            CacheTo = CacheTo,
        };
        string id = await docker.BuildAsync(request, cancellationToken).ConfigureAwait(false);
        context.Log.Info($"built {source.Reference} ({id})");
        source.Report(context);
        return new BuiltImage(source.Reference, id, new Model.ImageLocation.DockerEngine(), source.Revision);
    }

    private void CheckBuilder(DockerEngine docker, StageContext context)
    {
        context.Log.Info($"docker {docker.Version}, {docker.Builder switch { DockerBuilder.Buildx => "buildx", DockerBuilder.BuildKit => "BuildKit inside docker", _ => "the classic builder" }}");
        if (docker.Builder == DockerBuilder.Classic && Secrets.Count > 0)
        {
            throw new InvalidUsageException(
                "Build secrets need BuildKit, and this docker has only the classic builder.",
                $"  secrets: {string.Join(", ", Secrets.Keys)}",
                "Install buildx: https://docs.docker.com/go/buildx/ ('apt-get install docker-buildx' where the distribution has it).");
        }

        if (docker.Builder != DockerBuilder.Buildx && CacheFrom.Count + CacheTo.Count > 0)
            context.Log.Warning("CacheFrom and CacheTo are ignored: they need buildx (https://docs.docker.com/go/buildx/).");
    }

    private async Task<IReadOnlyDictionary<string, string>> WriteSecretsAsync(PrivateFolder folder, StageContext context, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, string>();
        foreach ((string id, SecretReference reference) in Secrets)
        {
            if (id.Length == 0 || id.AsSpan().IndexOfAny(",=\n") >= 0)
                throw new InvalidUsageException($"'{id}' is no id for a build secret.", null, "Use letters, digits, '-' and '_', as in RUN --mount=type=secret,id=….");
            Secret secret = await context.Secrets.GetAsync(reference, cancellationToken).ConfigureAwait(false);
            files[id] = folder.Write($"secret-{files.Count}", secret.Reveal());
        }

        return files;
    }
}
