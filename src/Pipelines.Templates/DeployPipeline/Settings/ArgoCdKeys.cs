using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>Where Argo CD is.</summary>
internal sealed class ArgoCdKeys(SettingsSchema schema)
{
    public Setting<Uri> Server { get; } = schema.Address("argocd.server", "the Argo CD server, such as https://argocd.example.com");

    public Setting<string> Application { get; } = schema.Text("argocd.application", "the application", "{app}-{environment}");

    public Setting<SecretReference> Token { get; } = schema.Secret("argocd.token", "an API token that may get the application", "env://ARGOCD_TOKEN");

    public Setting<TimeSpan> Timeout { get; } = schema.Duration("argocd.timeout", "how long sync and health may take together", "10m");

    public IEnumerable<string> Check(IReadOnlyList<EnvironmentKeys> environments, EffectiveSettings settings)
    {
        foreach (Setting<Uri> server in environments.Select(environment => settings.Has(environment.ArgoCdServer) ? environment.ArgoCdServer : Server).Distinct())
            if (settings.Find(server) is { Scheme: "http", IsLoopback: false })
                yield return $"{server.Key} is plain http, over which everybody between here and there can read argocd.token. Use https.";
        if (!settings.Has(Server) && !environments.All(environment => settings.Has(environment.ArgoCdServer)))
            yield return EffectiveSettings.Missing(Server, "a live run waits there for the deployment");
    }
}
