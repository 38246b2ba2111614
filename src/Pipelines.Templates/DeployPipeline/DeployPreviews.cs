using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The previews of a service from its settings.</summary>
internal static class DeployPreviews
{
    private static readonly SecretReference s_gitHubToken = SecretReference.Parse("env://GITHUB_TOKEN");
    private static readonly SecretReference s_gitLabToken = SecretReference.Parse("env://GITLAB_TOKEN");

    public static Previews Live(string app, DeploySettings keys, TemplateContext context)
    {
        EffectiveSettings settings = context.Settings;
        string manifests = settings.Find(keys.Manifest.Repository) ?? "(manifest.repository is not set)";
        bool isHttp = Core.Tools.Git.GitUrl.IsHttp(manifests);
        string? url = settings.Find(keys.Preview.Url);
        return From(app, keys, settings, manifests) with
        {
            Manifest = DeployManifestTarget.From(keys, settings, app, "{environment}", manifests) with { Token = isHttp ? settings.Get(keys.Manifest.Token) : null },
            ArgoCd = new ArgoCdTarget
            {
                Server = settings.Find(keys.ArgoCd.Server) ?? new Uri("https://argocd.server.is.not.set.invalid"),
                Application = settings.Find(keys.Preview.Application) ?? settings.Get(keys.ArgoCd.Application),
                Token = settings.Get(keys.ArgoCd.Token).In(app, "preview"),
                Timeout = settings.Get(keys.ArgoCd.Timeout),
            },
            Url = url,
            SmokeUrl = url is null ? null : url.TrimEnd('/') + Path(settings.Find(keys.Smoke.Url)),
            SmokeVersionKey = settings.Find(keys.Smoke.VersionKey),
            PullRequests = Project(keys.Preview, context),
        };
    }

    /// <summary>The sandbox's: its Argo CD, and a code host that knows every pull request.</summary>
    public static Previews Sandbox(string app, DeploySettings keys, EffectiveSettings settings, string manifests, Uri argoCd, Func<string, Uri> workload, CodeHostProject? pullRequests)
    {
        const string Example = "preview-pr-1";
        string address = workload(Example).AbsoluteUri.TrimEnd('/');
        string url = address.Contains(Example, StringComparison.Ordinal) ? address.Replace(Example, "{environment}", StringComparison.Ordinal) : address + "/{environment}";
        return From(app, keys, settings, manifests) with
        {
            Manifest = DeployManifestTarget.From(keys, settings, app, "{environment}", manifests) with { Branch = "main" },
            ArgoCd = new ArgoCdTarget { Server = argoCd, Application = "{app}-{environment}", Token = SandboxTokens.Read(settings.Get(keys.ArgoCd.Token).In(app, "preview")), Timeout = settings.Get(keys.ArgoCd.Timeout) },
            Url = url,
            SmokeUrl = url + "/health",
            SmokeVersionKey = "version",
            PullRequests = pullRequests,
        };
    }

    private static Previews From(string app, DeploySettings keys, EffectiveSettings settings, string manifests) => new()
    {
        App = app,
        Manifest = DeployManifestTarget.From(keys, settings, app, "{environment}", manifests),
        Template = settings.Get(keys.Preview.Template),
        Namespace = settings.Get(keys.Preview.Namespace),
        Limit = settings.Get(keys.Preview.Limit),
        Lifetime = settings.Get(keys.Preview.Lifetime),
        Comments = settings.Get(keys.Preview.Comment),
    };

    /// <summary>A preview answers where <c>smoke.url</c> does, on its own host.</summary>
    private static string Path(string? smokeUrl) => smokeUrl is not null && Uri.TryCreate(Placeholders.Fill(smokeUrl, "app", "environment"), UriKind.Absolute, out Uri? address) && address.PathAndQuery != "/" ? address.PathAndQuery : "";

    private static CodeHostProject? Project(PreviewKeys keys, TemplateContext context)
    {
        EffectiveSettings settings = context.Settings;
        CodeHost? host = settings.Get(keys.Host) switch { "github" => CodeHost.GitHub, "gitlab" => CodeHost.GitLab, _ => context.Host.Project?.Host };
        string? path = settings.Find(keys.Project);
        Uri? api = settings.Find(keys.Api);
        if (context.Host.Project is { } said && said.Host == host)
        {
            path ??= said.Path;
            api ??= said.Api;
        }

        return host is null || path is null ? null : new CodeHostProject(host.Value, path, settings.Find(keys.Token) ?? (host == CodeHost.GitHub ? s_gitHubToken : s_gitLabToken)) { Api = api };
    }
}
