using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The manifest's place from the settings; who calls adds the token.</summary>
internal static class DeployManifestTarget
{
    public static ManifestTarget From(DeploySettings keys, EffectiveSettings settings, string app, string environment, string repository) => new()
    {
        Repository = repository,
        Branch = settings.Get(keys.Manifest.Branch),
        File = Placeholders.Fill(settings.Get(keys.Manifest.File), app, environment),
        Key = settings.Get(keys.Manifest.Key),
        DigestKey = settings.Find(keys.Manifest.DigestKey),
        TokenUser = settings.Get(keys.Manifest.TokenUser),
        AuthorName = settings.Get(keys.Manifest.AuthorName),
        AuthorEmail = settings.Get(keys.Manifest.AuthorEmail),
        PushAttempts = settings.Get(keys.Manifest.PushAttempts),
    };
}
