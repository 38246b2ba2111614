using System.Globalization;
using System.Runtime.InteropServices;
using Pipelines.Core.Clients.Registry;
using Pipelines.Core.Model;
using Pipelines.Core.Tools.Docker;

namespace Pipelines.Core.Stages.Image;

/// <summary>Stands in for docker in the sandbox: packs the build context into a real OCI image, without a base image and without running the Dockerfile. The same sources give the same digest.</summary>
internal sealed record AssembleImage(ImageReference Repository) : IStage<BuiltImage>, IDescribedStage
{
    /// <summary>As <see cref="DockerBuild.Context"/>.</summary>
    public string Context { get; init; } = ".";

    /// <summary>As <see cref="DockerBuild.Dockerfile"/>.</summary>
    public string Dockerfile { get; init; } = "Dockerfile";

    /// <summary>As <see cref="DockerBuild.Credentials"/>.</summary>
    public RegistryCredentials? Credentials { get; init; }

    public string Description => $"packs {Context} into an image as {Repository.Name}: stands in for docker";

    public async Task<BuiltImage> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        if (context.Run.Mode != RunMode.Sandbox)
            throw new ToolNotFoundException(DockerEngine.Program, DockerEngine.InstallHint);
        ImageSource source = await ImageSource.OfAsync(Repository, Credentials, context, cancellationToken).ConfigureAwait(false);
        if (await source.FindBuiltAsync(context, cancellationToken).ConfigureAwait(false) is { } built)
            return built;

        string folder = Path.GetFullPath(Context, context.Run.Directory);
        string dockerfile = Path.GetFullPath(Dockerfile, folder);
        ImageSource.RequireDockerfile(folder, dockerfile);
        context.Log.Warning("The sandbox packs the build context into an image itself. It has no base image and runs nothing of the Dockerfile, so it can be pushed and deployed in the sandbox, but not started.");

        var layout = new OciLayout(Path.Combine(context.Run.RunDirectory, "image"));
        await layout.CreateAsync(cancellationToken).ConfigureAwait(false);
        var settings = DockerfileSettings.Parse(await File.ReadAllTextAsync(dockerfile, cancellationToken).ConfigureAwait(false));
        IReadOnlyList<string> files = LayerArchive.FilesOf(folder, IgnoreList.Read(folder, dockerfile));
        (string layer, long layerSize, string diffId) = await LayerArchive.WriteAsync(layout, folder, files, settings.WorkingDirectory, cancellationToken).ConfigureAwait(false);
        string digest = await WriteManifestAsync(layout, source, settings, (MediaTypes.OciGzipLayer, layer, layerSize), diffId, cancellationToken).ConfigureAwait(false);

        context.Log.Info(string.Create(CultureInfo.InvariantCulture, $"packed {files.Count} files ({layerSize / 1024.0:0.#} kB) as {source.Reference} ({digest})"));
        source.Report(context);
        context.Report("image builder", "the sandbox's assembler: no base image, nothing of the Dockerfile was run");
        return new BuiltImage(source.Reference, digest, new ImageLocation.OciLayout(layout.Directory), source.Revision);
    }

    private static async Task<string> WriteManifestAsync(
        OciLayout layout, ImageSource source, DockerfileSettings settings, (string, string, long) layer, string diffId, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> labels = source.Labels(settings.Labels);
        string architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64";
        byte[] configuration = ImageConfiguration.Configuration(settings, labels, diffId, architecture, labels["org.opencontainers.image.created"]);
        string configurationDigest = await layout.WriteBlobAsync(configuration, cancellationToken).ConfigureAwait(false);
        byte[] manifest = ImageConfiguration.Manifest(MediaTypes.OciManifest, (MediaTypes.OciConfig, configurationDigest, configuration.Length), layer);
        string digest = await layout.WriteBlobAsync(manifest, cancellationToken).ConfigureAwait(false);
        byte[] index = ImageConfiguration.Index(MediaTypes.OciIndex, (MediaTypes.OciManifest, digest, manifest.Length), source.Reference.Tag!);
        await File.WriteAllBytesAsync(Path.Combine(layout.Directory, "index.json"), index, cancellationToken).ConfigureAwait(false);
        return digest;
    }
}
