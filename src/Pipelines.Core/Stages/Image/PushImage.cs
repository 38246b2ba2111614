using Pipelines.Core.Clients.Registry;
using Pipelines.Core.Model;
using Pipelines.Core.Stages.Image;
using Pipelines.Core.Tools.Docker;

namespace Pipelines.Core;

/// <summary>Pushes exactly the image that was scanned, and tells the digest that the registry holds. A tag is never overwritten with other content.</summary>
public sealed record PushImage : IStage<ScannedImage, PublishedImage>, IDescribedStage
{
    /// <summary>How to sign in to the registry; null for what <see cref="RegistryCredentials.For"/> picks.</summary>
    public RegistryCredentials? Credentials { get; init; }

    /// <inheritdoc/>
    public string Description => "pushes the scanned image; never overwrites a tag with other content";

    internal string Program { get; init; } = DockerEngine.Program;

    /// <inheritdoc/>
    /// <exception cref="TagConflictException">The registry holds other content under the tag.</exception>
    /// <exception cref="RegistryAccessDeniedException">Not signed in, or not allowed to push.</exception>
    /// <exception cref="RegistryRepositoryNotFoundException">The registry has no such repository.</exception>
    /// <exception cref="RegistryUnavailableException">The registry cannot be reached or is overloaded.</exception>
    public async Task<PublishedImage> RunAsync(ScannedImage input, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        BuiltImage image = input.Image;
        RegistryScope.Require(image.Reference, context);
        RegistryCredentials credentials = Credentials ?? RegistryCredentials.For(image.Reference);
        RegistryClient client = RegistryClient.For(image.Reference, credentials, context);

        string digest = await context.EffectAsync("push image", $"{image.Reference} {image.Id}", FindAsync, token => PushAsync(client, credentials, image, context, token), cancellationToken).ConfigureAwait(false);
        return Publish(input, digest, context);

        async Task<string?> FindAsync(CancellationToken token)
        {
            RegistryManifest? held = await client.FindManifestAsync(image.Reference, token).ConfigureAwait(false);
            if (held is null)
                return null;
            if (!held.Is(image.Id))
                throw new TagConflictException(image.Reference, held.Digest, held.ConfigDigest, image.Id, afterPush: false);
            context.Log.Info($"{image.Reference} is in the registry already, as {held.Digest}: nothing to push.");
            return held.Digest;
        }
    }

    private async Task<string> PushAsync(RegistryClient client, RegistryCredentials credentials, BuiltImage image, StageContext context, CancellationToken cancellationToken)
    {
        switch (image.Location)
        {
            case ImageLocation.DockerEngine:
                await PushFromEngineAsync(image, credentials, context, cancellationToken).ConfigureAwait(false);
                break;
            case ImageLocation.OciLayout layout:
                await new OciLayout(layout.Directory).PushAsync(client, image.Reference, image.Id, context.Log, cancellationToken).ConfigureAwait(false);
                break;
            default:
                await RestoreTagAsync(client, image, context, cancellationToken).ConfigureAwait(false);
                break;
        }

        RegistryManifest held = await client.FindManifestAsync(image.Reference, cancellationToken).ConfigureAwait(false)
            ?? throw new RegistryAnswerException(image.Reference.Registry!, $"The registry took {image.Reference} and does not have it.", null, "Look at the registry's own log: a clean-up rule or a full disk takes it away.");
        if (!held.Is(image.Id)) // whoever pushed between the scan and now: what was scanned is what is deployed
            throw new TagConflictException(image.Reference, held.Digest, held.ConfigDigest, image.Id, afterPush: true);
        context.Log.Info($"pushed {image.Reference} as {held.Digest}");
        return held.Digest;
    }

    private async Task PushFromEngineAsync(BuiltImage image, RegistryCredentials credentials, StageContext context, CancellationToken cancellationToken)
    {
        using DockerEngine docker = await DockerEngine.ConnectAsync(context, Program, cancellationToken).ConfigureAwait(false);
        if (await RegistryLogin.ResolveAsync(credentials, context, cancellationToken).ConfigureAwait(false) is { } login)
            await docker.LoginAsync(new DockerLogin(image.Reference.Registry!, login.User, login.Password), cancellationToken).ConfigureAwait(false);
        await docker.TagAsync(image.Id, image.Reference, cancellationToken).ConfigureAwait(false); // the name may mean another image by now
        await docker.PushAsync(image.Reference, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The tag was there when the image was taken, and is gone: put it back on the same manifest.</summary>
    private static async Task RestoreTagAsync(RegistryClient client, BuiltImage image, StageContext context, CancellationToken cancellationToken)
    {
        RegistryManifest manifest = await client.FindManifestAsync(image.Reference.WithoutTag().WithDigest(image.Id), cancellationToken).ConfigureAwait(false)
            ?? throw new StageFailedException(
                $"{image.Reference} was in the registry when this run started, and is gone.",
                $"  {image.Id}",
                "Somebody or a clean-up rule deleted it. Run again: it will be built anew.");
        context.Log.Warning($"The tag {image.Reference.Tag} was taken away during this run; it is put back.");
        await client.PutManifestAsync(image.Reference, manifest.Content, manifest.MediaType, cancellationToken).ConfigureAwait(false);
    }

    private static PublishedImage Publish(ScannedImage input, string digest, StageContext context)
    {
        context.Report("image", input.Image.Reference.ToString());
        context.Report("digest", digest);
        return new PublishedImage(input.Image.Reference, digest, input);
    }
}
