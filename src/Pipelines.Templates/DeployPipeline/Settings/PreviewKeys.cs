using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The settings of previews of pull requests.</summary>
internal sealed class PreviewKeys(SettingsSchema schema)
{
    public Setting<bool> Enabled { get; } = schema.Flag("preview.enabled", "whether a pull request gets an environment of its own", false);

    public Setting<string> Template { get; } = schema.Text("preview.template", "the file that each preview is written from: one of the manifest repository, or with ./ in front one of the service", "apps/{app}/values-preview.yaml");

    public Setting<string> Url { get; } = schema.Text("preview.url", "where a preview answers, such as https://{app}-{environment}.preview.example.com; {number} is filled in too", check: CheckUrl);

    public Setting<string> Namespace { get; } = schema.Text("preview.namespace", "its namespace", "{app}-{environment}");

    public Setting<string> Application { get; } = schema.Text("preview.application", "its Argo CD application, where it is named otherwise than argocd.application says");

    public Setting<TimeSpan> Lifetime { get; } = schema.Duration("preview.lifetime", "how long after its last change one is left over, whatever its pull request is", "7d");

    public Setting<int> Limit { get; } = schema.Number("preview.limit", "how many of the service there may be at once", 10, 1, 1000);

    public Setting<bool> Comment { get; } = schema.Flag("preview.comment", "whether the pull request gets a comment with its address and state", true);

    public Setting<string> Host { get; } = schema.Choice("preview.host", "the code host of the pull requests; auto is what the CI system says", "auto", "auto", "github", "gitlab");

    public Setting<string> Project { get; } = schema.Text("preview.project", "the project there, such as owner/name, where the CI system does not say it");

    public Setting<Uri> Api { get; } = schema.Address("preview.api", "the root of its API, for a host of one's own where the CI system does not say it");

    public Setting<SecretReference> Token { get; } = schema.Secret("preview.token", "a token that may read and comment on its pull requests; env://GITHUB_TOKEN or env://GITLAB_TOKEN where not set");

    /// <summary>Whether this run puts one up.</summary>
    public bool AreWanted(TemplateContext context) => context.PullRequest is not null && context.Settings.Get(Enabled);

    /// <summary>What is wrong with the settings together.</summary>
    public IEnumerable<string> Check(EffectiveSettings settings, ManifestKeys manifest)
    {
        if (!settings.Get(Enabled))
            yield break;
        if (!settings.Has(Url))
            yield return EffectiveSettings.Missing(Url, "previews are on: that is where their smoke test asks");
        if (!settings.Get(manifest.File).Contains("{environment}", StringComparison.Ordinal))
            yield return "manifest.file holds no {environment}, and previews are on: each needs a file of its own.";
        if (settings.Get(Host) != "auto" && !settings.Has(Project))
            yield return EffectiveSettings.Missing(Project, "preview.host is");
    }

    private static string? CheckUrl(string text)
    {
        string filled = Placeholders.Fill(text, "app", "environment").Replace("{number}", "1", StringComparison.Ordinal);
        return AddressRules.CheckCredentials(text, "it is posted on pull requests")
            ?? (Uri.TryCreate(filled, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && !filled.Contains('{', StringComparison.Ordinal)
                ? null
                : $"'{text}' is no http or https address. Write it whole, such as https://{{app}}-{{environment}}.preview.example.com; {{app}}, {{environment}} and {{number}} are filled in.");
    }
}
