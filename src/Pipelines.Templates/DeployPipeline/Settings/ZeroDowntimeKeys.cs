using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The check that a deployment of the manifests takes nothing down.</summary>
internal sealed class ZeroDowntimeKeys(SettingsSchema schema)
{
    public Setting<string> Source { get; } = schema.Text("zero-downtime.source", "the manifests that are checked before the image is pushed: a file or folder of YAML, a kustomization, a Helm chart; may hold {app} and {environment}; nothing is checked where not set");

    public Setting<string> Values { get; } = schema.Text("zero-downtime.values", "the values files of a chart, with commas; those that are there are taken", "deploy/values-{environment}.yaml", ListText.Check);

    public Setting<int> MinimumReplicas { get; } = schema.Number("zero-downtime.minimum-replicas", "how many pods there must be (ZD007); 1 in environments that are not protected where not set", 2, 1, 1000);

    public Setting<TimeSpan> Drain { get; } = schema.Duration("zero-downtime.drain", "how long the service takes to finish its requests (ZD006)", "10s");

    public Setting<string> Off { get; } = schema.Text("zero-downtime.off", "rules that are off, each with its reason: ZD007: one pod on purpose; ZD012: …", check: CheckOff);

    /// <summary>The check of one environment; null where nothing is to be checked.</summary>
    /// <exception cref="InvalidUsageException">The source is not there.</exception>
    public ZeroDowntimeCheck? Of(EnvironmentTarget target, ManifestKeys manifest, TemplateContext context)
    {
        EffectiveSettings settings = context.Settings;
        if (settings.Find(Source) is not { } text)
            return null;
        (string app, string name) = (target.Environment.App, target.Environment.Name);
        string source = Placeholders.Fill(text, app, name);
        return new ZeroDowntimeCheck(From(source, app, name, manifest, context))
        {
            MinimumReplicas = settings.IsDefault(MinimumReplicas) && !target.Environment.IsProtected ? 1 : settings.Get(MinimumReplicas),
            Drain = settings.Get(Drain),
            TurnedOff = RuleOff.ParseAll(settings.Find(Off) ?? ""),
        };
    }

    private ManifestSource From(string source, string app, string environment, ManifestKeys manifest, TemplateContext context)
    {
        string path = Path.GetFullPath(source, context.Directory);
        if (File.Exists(path))
            return new ManifestSource.Yaml(source);
        if (!Directory.Exists(path))
            throw new InvalidUsageException($"zero-downtime.source names '{source}', which is not there.", $"  {path}", "Correct it, from the service's root: a file or folder of YAML, a kustomization, or a chart.");
        if (((string[])["kustomization.yaml", "kustomization.yml", "Kustomization"]).Any(file => File.Exists(Path.Combine(path, file))))
            return new ManifestSource.Kustomize(source);
        if (!File.Exists(Path.Combine(path, "Chart.yaml")))
            return new ManifestSource.Yaml(source);
        string[] values = [.. ListText.Of(context.Settings.Get(Values)).Select(file => Placeholders.Fill(file, app, environment)).Where(file => File.Exists(Path.GetFullPath(file, context.Directory)))];
        return new ManifestSource.Helm(source, values) { Set = new Dictionary<string, string> { [context.Settings.Get(manifest.Key)] = "set-by-the-deployment" } };
    }

    private static string? CheckOff(string text)
    {
        try
        {
            RuleOff.ParseAll(text);
            return null;
        }
        catch (InvalidUsageException exception)
        {
            return $"{exception.What} {exception.Advice}";
        }
    }
}
