using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The manifest's place from the settings; who calls adds the token.</summary>
internal static class DeployManifestTarget
{
    public static ManifestTarget From(DeploySettings keys, EffectiveSettings settings, string app, string environment, string repository) => new()
    {
        Repository = repository,
        Branch = settings.Get(keys.ManifestBranch),
        File = Placeholders.Fill(settings.Get(keys.ManifestFile), app, environment),
        Key = settings.Get(keys.ManifestKey),
        DigestKey = settings.Find(keys.ManifestDigestKey),
        TokenUser = settings.Get(keys.ManifestTokenUser),
        AuthorName = settings.Get(keys.AuthorName),
        AuthorEmail = settings.Get(keys.AuthorEmail),
        PushAttempts = settings.Get(keys.PushAttempts),
    };
}
