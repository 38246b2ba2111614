using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The settings of <see cref="DeployPipeline"/>. Every one has a default that is safe; a live run needs three of them set.</summary>
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
        Deploy = new DeployKeys(Schema);
        Manifest = new ManifestKeys(Schema);
        ArgoCd = new ArgoCdKeys(Schema);
        Smoke = new SmokeKeys(Schema);
        Prometheus = new PrometheusKeys(Schema);
        Observe = new ObserveKeys(Schema);
        Approval = new ApprovalKeys(Schema);
        Delivery = new DeliveryKeys(Schema);
        ZeroDowntime = new ZeroDowntimeKeys(Schema);
        Migrate = new MigrateKeys(Schema);
        Preview = new PreviewKeys(Schema);
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

    public DeployKeys Deploy { get; }

    public ManifestKeys Manifest { get; }

    public ArgoCdKeys ArgoCd { get; }

    public SmokeKeys Smoke { get; }

    public PrometheusKeys Prometheus { get; }

    public ObserveKeys Observe { get; }

    public ApprovalKeys Approval { get; }

    public DeliveryKeys Delivery { get; }

    public ZeroDowntimeKeys ZeroDowntime { get; }

    public MigrateKeys Migrate { get; }

    public PreviewKeys Preview { get; }

    public SlackKeys Slack { get; }

    public RunKeys Run { get; }

    public SandboxKeys Sandbox { get; }

    /// <summary>What is wrong with the settings together: each group tells it of itself.</summary>
    public IEnumerable<string> Check(EffectiveSettings settings, RunMode mode) =>
    [
        .. mode == RunMode.Live ? CheckLive(settings) : [], // the sandbox brings everything that is not set
        .. Approval.Check(Environments, settings, mode),
        .. Delivery.Check(Environments, settings),
        .. Prometheus.Check(settings),
        .. Observe.Check(settings),
        .. Migrate.Check(settings),
    ];

    private IEnumerable<string> CheckLive(EffectiveSettings settings)
    {
        if (!settings.Has(Manifest.Repository))
            yield return EffectiveSettings.Missing(Manifest.Repository, "a live run commits the deployment to it");
        foreach (string wrong in ArgoCd.Check(Environments, settings))
            yield return wrong;
        if (!settings.Has(Smoke.Url) && !Environments.All(environment => settings.Has(environment.SmokeUrl)))
            yield return EffectiveSettings.Missing(Smoke.Url, "a live deployment is proven by its smoke test");
        foreach (string problem in Preview.Check(settings, Manifest))
            yield return problem;
        if (settings.Get(Image.Builder) == "assembler")
            yield return "image.builder is 'assembler', which only the sandbox has. Use docker in a live run.";
    }
}
