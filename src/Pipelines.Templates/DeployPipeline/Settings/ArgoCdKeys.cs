using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>Where Argo CD is.</summary>
internal sealed class ArgoCdKeys(SettingsSchema schema)
{
    public Setting<Uri> Server { get; } = schema.Address("argocd.server", "the Argo CD server, such as https://argocd.example.com");

    public Setting<string> Application { get; } = schema.Text("argocd.application", "the application", "{app}-{environment}");

    public Setting<SecretReference> Token { get; } = schema.Secret("argocd.token", "an API token that may get the application", "env://ARGOCD_TOKEN");

    public Setting<TimeSpan> Timeout { get; } = schema.Duration("argocd.timeout", "how long sync and health may take together", "10m");
}
