using Pipelines.Core.Clients.Registry;
using Pipelines.Core.Model;
using Pipelines.Core.Tools.Docker;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.Stages.Image;

/// <summary>What every way to build an image has in common: the commit, the name with its tag, and the question whether the registry has it already.</summary>
internal sealed record ImageSource(ImageReference Reference, SourceRevision Revision, RegistryCredentials Credentials)
{
    public static ImageReference ParseRepository(string repository)
    {
        if (!ImageReference.TryParse(repository, out ImageReference? reference, out string? reason))
            throw new InvalidUsageException($"'{repository}' is no image repository: {reason}", null, "Write registry and repository, such as 'registry.example.com/team/order-service'.");
        return reference;
    }

    public static async Task<ImageSource> OfAsync(ImageReference repository, RegistryCredentials? credentials, StageContext context, CancellationToken cancellationToken)
    {
        if (repository.Tag is not null || repository.Digest is not null)
            throw new InvalidUsageException($"'{repository}' must be a repository without tag and digest.", null, $"Write '{repository.Name}': the tag is the commit that is built.");
        RegistryScope.Require(repository, context);
        SourceRevision revision = context.Run.Source ?? await Git.DescribeAsync(context.Run.Directory, context.Time, cancellationToken).ConfigureAwait(false);
        return new ImageSource(repository.WithTag(revision.Tag), revision, credentials ?? RegistryCredentials.For(repository));
    }

    /// <summary>The image of these sources, where the registry holds it: build once.</summary>
    public async Task<BuiltImage?> FindBuiltAsync(StageContext context, CancellationToken cancellationToken)
    {
        string? digest = await RegistryClient.For(Reference, Credentials, context).FindDigestAsync(Reference, cancellationToken).ConfigureAwait(false);
        if (digest is null)
            return null;
        context.Log.Info($"{Reference} is in the registry already, as {digest}: nothing is built, that image is used.");
        Report(context);
        return new BuiltImage(Reference, digest, new ImageLocation.Registry(digest), Revision);
    }

    public async Task<DockerLogin?> LoginAsync(StageContext context, CancellationToken cancellationToken) =>
        await RegistryLogin.ResolveAsync(Credentials, context, cancellationToken).ConfigureAwait(false) is { } login ? new DockerLogin(Reference.Registry!, login.User, login.Password) : null;

    /// <summary>The pre-defined labels of the OCI image-spec ("annotations"), with the user's own, which win.</summary>
    public IReadOnlyDictionary<string, string> Labels(IReadOnlyDictionary<string, string> own)
    {
        var labels = new Dictionary<string, string>
        {
            ["org.opencontainers.image.revision"] = Revision.Commit,
            // the commit's time, not the clock's: the same sources give the same labels, and the cache holds
            ["org.opencontainers.image.created"] = Revision.CommittedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        };
        if (Revision.RemoteUrl is not null)
            labels["org.opencontainers.image.source"] = Revision.RemoteUrl;
        foreach ((string name, string value) in own)
            labels[name] = value;
        return labels;
    }

    public void Report(StageContext context)
    {
        context.Report("image", Reference.ToString());
        context.Report("tag", Reference.Tag!);
    }

    public static void RequireDockerfile(string folder, string dockerfile)
    {
        if (!Directory.Exists(folder))
            throw new InvalidUsageException("The folder to build an image from does not exist.", $"  {folder}", "Correct 'Context' of the stage: it is a path from the service's root.");
        if (!File.Exists(dockerfile))
            throw new InvalidUsageException("There is no Dockerfile to build an image from.", $"  {dockerfile}", "Add one, or name it: DockerBuild.Dockerfile, a path from DockerBuild.Context (the settings image.dockerfile and image.context).");
    }
}
