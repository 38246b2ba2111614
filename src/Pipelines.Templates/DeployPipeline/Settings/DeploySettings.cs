using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The settings of <see cref="DeployPipeline"/>. Every one has a default that is safe; a live run needs four of them set.</summary>
internal sealed class DeploySettings
{
    public DeploySettings(IEnumerable<DeployEnvironment> environments)
    {
        Environments = [.. environments.Where(environment => DeployArguments.CheckEnvironment(environment.Name) is null).DistinctBy(environment => environment.Name)
            .Select(environment => new EnvironmentKeys(environment, Schema))];
        Tests = new TestKeys(Schema);
        Image = new ImageKeys(Schema);
        Registry = new RegistryKeys(Schema);
        Scan = new ScanKeys(Schema);
        Manifest = new ManifestKeys(Schema);
        ArgoCd = new ArgoCdKeys(Schema);
        Smoke = new SmokeKeys(Schema);
        Slack = new SlackKeys(Schema);
        Run = new RunKeys(Schema);
        Sandbox = new SandboxKeys(Schema);
    }

    public SettingsSchema Schema { get; } = new();

    /// <summary>The keys of each environment, in the order an image goes through them.</summary>
    public IReadOnlyList<EnvironmentKeys> Environments { get; }

    public TestKeys Tests { get; }

    public ImageKeys Image { get; }

    public RegistryKeys Registry { get; }

    public ScanKeys Scan { get; }

    public ManifestKeys Manifest { get; }

    public ArgoCdKeys ArgoCd { get; }

    public SmokeKeys Smoke { get; }

    public SlackKeys Slack { get; }

    public RunKeys Run { get; }

    public SandboxKeys Sandbox { get; }

    /// <summary>What is wrong with the settings together.</summary>
    public IEnumerable<string> Check(EffectiveSettings settings, RunMode mode)
    {
        if (mode == RunMode.Sandbox)
            yield break; // the sandbox brings everything that is not set
        if (!settings.Has(Manifest.Repository))
            yield return EffectiveSettings.Missing(Manifest.Repository, "a live run commits the deployment to it");
        foreach (EnvironmentKeys environment in Environments)
        {
            Setting<Uri> server = settings.Has(environment.ArgoCdServer) ? environment.ArgoCdServer : ArgoCd.Server;
            if (settings.Find(server) is { Scheme: "http", IsLoopback: false })
                yield return $"{server.Key} is plain http, over which everybody between here and there can read argocd.token. Use https.";
        }

        if (!settings.Has(ArgoCd.Server) && !Environments.All(environment => settings.Has(environment.ArgoCdServer)))
            yield return EffectiveSettings.Missing(ArgoCd.Server, "a live run waits there for the deployment");
        if (!settings.Has(Smoke.Url) && !Environments.All(environment => settings.Has(environment.SmokeUrl)))
            yield return EffectiveSettings.Missing(Smoke.Url, "a live deployment is proven by its smoke test");
        if (settings.Get(Image.Builder) == "assembler")
            yield return "image.builder is 'assembler', which only the sandbox has. Use docker in a live run.";
    }
}
