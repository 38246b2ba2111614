using Pipelines.Core;
using Pipelines.Core.Reporting.Slack;
using Pipelines.Sandbox;

namespace Pipelines.Templates;

/// <summary>The sandbox: stand-ins on loopback that live as long as the run.</summary>
internal static class SandboxTarget
{
    private static readonly SecretReference s_ecrKeyId = SecretReference.Parse("sandbox://ecr-access-key-id");
    private static readonly SecretReference s_codeHostToken = SecretReference.Parse("sandbox://code-host-token");
    private static readonly SecretReference s_ecrKey = SecretReference.Parse("sandbox://ecr-secret-access-key");

    public static async Task<DeployTarget> CreateAsync(string app, string slackChannel, DeploySettings keys, TemplateContext context, CancellationToken cancellationToken)
    {
        if (!context.WillRun)
            return Target(app, keys, context.Settings, "registry.sandbox", new RegistryCredentials.Anonymous(), Path.Combine(context.Directory, ".pipelines", "sandbox", "manifests.git"), new Uri("http://argocd.sandbox"), _ => new Uri($"http://{app}.sandbox"), new Uri("https://prometheus.sandbox"), null);

        var faults = SandboxFaults.None;
        foreach (string fault in context.SandboxFaults)
            faults |= SandboxFaultNames.Parse(fault);
        // The references of the settings are read as in a live run, from stand-ins of their stores: what a run does with its secrets is the same.
        var made = new SandboxTokens(app, keys, context);
        LocalSandbox sandbox = await LocalSandbox.StartAsync(
            new SandboxOptions
            {
                StateDirectory = Path.Combine(context.Directory, ".pipelines", "sandbox"),
                App = app,
                Environments = [.. keys.Environments.Select(environment => environment.Name)],
                Faults = faults,
                SeedFiles = Seed(app, keys, context),
                ManifestFile = context.Settings.Get(keys.Manifest.File),
                ManifestKey = context.Settings.Get(keys.Manifest.Key),
                PreviewTemplate = PreviewTemplate(keys, context.Settings),
                SlackChannels = [slackChannel],
                Secrets = made.Seeds,
                ArgoCdToken = made.ArgoCd,
                SlackToken = made.Slack,
                KeepsPorts = context.IsResumed,
            },
            cancellationToken).ConfigureAwait(false);
        context.Own(sandbox);
        context.AddSandboxVariables(sandbox.Variables);
        context.AddSandboxSecret(s_ecrKeyId, sandbox.EcrAccessKeyId);
        context.AddSandboxSecret(s_ecrKey, sandbox.EcrSecretAccessKey);
        context.AddSandboxSecret(SandboxAnalysis.Token, sandbox.PrometheusToken);
        context.AddSandboxSecret(s_codeHostToken, sandbox.CodeHostToken);
        Secret slackToken = await context.Secrets.GetAsync(SandboxTokens.Read(context.Settings.Get(keys.Slack.Token)), cancellationToken).ConfigureAwait(false);
        context.Observe(SlackObserver.WithToken(slackChannel, slackToken, sandbox.Slack, context.Warn, context.Time));
        var credentials = new RegistryCredentials.Ecr("us-east-1")
        {
            Endpoint = sandbox.Ecr,
            AccessKeyId = s_ecrKeyId,
            SecretAccessKey = s_ecrKey,
        };
        return Target(app, keys, context.Settings, sandbox.RegistryHost, credentials, sandbox.ManifestRepository, sandbox.ArgoCd, sandbox.Workload, sandbox.Prometheus, new CodeHostProject(CodeHost.GitHub, LocalSandbox.CodeHostPath, s_codeHostToken) { Api = sandbox.GitHub });
    }

    private static DeployTarget Target(
        string app,
        DeploySettings keys,
        EffectiveSettings settings,
        string registry,
        RegistryCredentials credentials,
        string manifests,
        Uri argoCd,
        Func<string, Uri> workload,
        Uri prometheus,
        CodeHostProject? pullRequests) => new()
        {
            Repository = ImageReference.Parse($"{registry}/{app}"),
            Credentials = credentials,
            Previews = DeployPreviews.Sandbox(app, keys, settings, manifests, argoCd, workload, pullRequests),
            Environments = [.. keys.Environments.Select(environment => new EnvironmentTarget
            {
                Environment = new DeploymentEnvironment
                {
                    Name = environment.Name,
                    App = app,
                    IsProtected = environment.Environment.IsProtected,
                    Lock = keys.Deploy.Policy(settings),
                    LockTimeout = settings.Get(keys.Deploy.LockTimeout),
                    Approval = keys.Approval.Of(environment, settings) with { Methods = ApprovalMethod.Simulated },
                    MigratesIrreversibly = keys.Migrate.Of(environment, app, settings)?.IsIrreversible ?? false,
                    SmokeUrl = workload(environment.Name).AbsoluteUri.TrimEnd('/') + "/health",
                    SmokeVersionKey = "version",
                    Manifest = DeployManifestTarget.From(keys, settings, app, environment.Name, manifests) with { Branch = "main" },
                    ArgoCd = new ArgoCdTarget { Server = argoCd, Application = $"{app}-{environment.Name}", Token = SandboxTokens.Read(settings.Get(keys.ArgoCd.Token).In(app, environment.Name)), Timeout = settings.Get(keys.ArgoCd.Timeout) },
                },
                SmokeUrl = workload(environment.Name).AbsoluteUri.TrimEnd('/') + "/health",
                SmokeVersionKey = "version",
                Analysis = SandboxAnalysis.Of(environment.Environment.Analysis, prometheus),
                Migration = keys.Migrate.Of(environment, app, settings),
            })],
        };

    /// <summary>The service's own values files, where it has them, are what the manifest repository starts from.</summary>
    private static Dictionary<string, string> Seed(string app, DeploySettings keys, TemplateContext context)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (EnvironmentKeys environment in keys.Environments)
        {
            string file = Path.GetFullPath(Placeholders.Fill(context.Settings.Get(keys.Sandbox.Values), app, environment.Name), context.Directory);
            if (File.Exists(file))
                files[Placeholders.Fill(context.Settings.Get(keys.Manifest.File), app, environment.Name)] = File.ReadAllText(file);
        }

        string preview = Path.GetFullPath(Placeholders.Fill(context.Settings.Get(keys.Sandbox.Values), app, "preview"), context.Directory);
        if (File.Exists(preview))
            files[Placeholders.Fill(PreviewTemplate(keys, context.Settings), app, "preview")] = File.ReadAllText(preview);
        return files;
    }

    /// <summary>The template in the manifest repository; where the settings name one of the checkout, this one is there and not used.</summary>
    private static string PreviewTemplate(DeploySettings keys, EffectiveSettings settings) => settings.Get(keys.Preview.Template) is var template && template.StartsWith("./", StringComparison.Ordinal) ? "apps/{app}/values-preview.yaml" : template;
}
