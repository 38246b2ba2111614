using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>How to sign in to a registry that is not ECR.</summary>
internal sealed class RegistryKeys(SettingsSchema schema)
{
    public Setting<string> User { get; } = schema.Text("registry.user", "the user of a registry that is not ECR");

    public Setting<SecretReference> Password { get; } = schema.Secret("registry.password", "its password or token", "env://REGISTRY_PASSWORD");
}
