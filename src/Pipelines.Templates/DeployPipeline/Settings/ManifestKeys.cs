using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>Where the manifests are, and how they are written.</summary>
internal sealed class ManifestKeys(SettingsSchema schema)
{
    public Setting<string> Repository { get; } = schema.Text("manifest.repository", "the manifest repository: https, ssh or a path, without credentials", check: text => AddressRules.CheckCredentials(text, "set manifest.token to where the token is kept"));

    public Setting<string> Branch { get; } = schema.Text("manifest.branch", "the branch that Argo CD follows", "main");

    public Setting<string> File { get; } = schema.Text("manifest.file", "the values file in it", "apps/{app}/values-{environment}.yaml");

    public Setting<string> Key { get; } = schema.Text("manifest.key", "the key of the tag in that file", "image.tag");

    public Setting<string> DigestKey { get; } = schema.Text("manifest.digest-key", "the key of the digest in that file, where the chart has one; set beside the tag");

    public Setting<SecretReference> Token { get; } = schema.Secret("manifest.token", "the token that may push to it (https only)", "env://MANIFEST_TOKEN");

    public Setting<string> TokenUser { get; } = schema.Text("manifest.token-user", "the user name that goes with the token", "x-access-token");

    public Setting<string> AuthorName { get; } = schema.Text("manifest.author-name", "the author of the manifest commits", "Pipelines");

    public Setting<string> AuthorEmail { get; } = schema.Text("manifest.author-email", "the author's address", "pipelines@ci.invalid");

    public Setting<int> PushAttempts { get; } = schema.Number("manifest.push-attempts", "how often a push is tried when others push too", 30, 1, 100);
}
