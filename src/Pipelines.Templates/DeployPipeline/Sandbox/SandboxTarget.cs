using Pipelines.Core;
using Pipelines.Core.Reporting.Slack;
using Pipelines.Sandbox;

namespace Pipelines.Templates;

/// <summary>The sandbox: stand-ins on loopback that live as long as the run.</summary>
internal static class SandboxTarget
{
    public static async Task<DeployTarget> CreateAsync(string app, string slackChannel, DeploySettings keys, TemplateContext context, CancellationToken cancellationToken)
    {
        string environment = context.Settings.Get(keys.Environment);
        if (!context.WillRun)
            return Target(app, environment, keys, context.Settings, "registry.sandbox", new RegistryCredentials.Anonymous(), ".pipelines/sandbox/manifests.git", new Uri("http://argocd.sandbox"), new Uri($"http://{app}.sandbox"), null);

        var faults = SandboxFaults.None;
        foreach (string fault in context.SandboxFaults)
            faults |= SandboxFaultNames.Parse(fault);
        LocalSandbox sandbox = await LocalSandbox.StartAsync(
            new SandboxOptions
            {
                StateDirectory = Path.Combine(context.Directory, ".pipelines", "sandbox"),
                App = app,
                Environments = [environment],
                Faults = faults,
                SeedFiles = Seed(app, environment, keys, context),
                ManifestFile = context.Settings.Get(keys.ManifestFile),
                ManifestKey = context.Settings.Get(keys.ManifestKey),
                SlackChannels = [slackChannel],
                KeepsPorts = context.IsResumed,
            },
            cancellationToken).ConfigureAwait(false);
        context.Own(sandbox);
        context.AddSandboxSecret("argocd-token", sandbox.ArgoCdToken);
        context.AddSandboxSecret("ecr-access-key-id", sandbox.EcrAccessKeyId);
        context.AddSandboxSecret("ecr-secret-access-key", sandbox.EcrSecretAccessKey);
        context.Observe(SlackObserver.WithToken(slackChannel, sandbox.SlackToken, sandbox.Slack, context.Warn, context.Time));
        var credentials = new RegistryCredentials.Ecr("us-east-1")
        {
            Endpoint = sandbox.Ecr,
            AccessKeyId = SecretReference.Parse("sandbox://ecr-access-key-id"),
            SecretAccessKey = SecretReference.Parse("sandbox://ecr-secret-access-key"),
        };
        return Target(app, environment, keys, context.Settings, sandbox.RegistryHost, credentials, sandbox.ManifestRepository, sandbox.ArgoCd, sandbox.Workload(environment), SecretReference.Parse("sandbox://argocd-token"));
    }

    private static DeployTarget Target(
        string app,
        string environment,
        DeploySettings keys,
        EffectiveSettings settings,
        string registry,
        RegistryCredentials credentials,
        string manifests,
        Uri argoCd,
        Uri workload,
        SecretReference? argoCdToken) => new()
        {
            Repository = ImageReference.Parse($"{registry}/{app}"),
            Credentials = credentials,
            Environment = new DeploymentEnvironment
            {
                Name = environment,
                App = app,
                Manifest = DeployManifestTarget.From(keys, settings, app, environment, manifests) with { Branch = "main" },
                ArgoCd = new ArgoCdTarget { Server = argoCd, Application = $"{app}-{environment}", Token = argoCdToken, Timeout = settings.Get(keys.ArgoCdTimeout) },
            },
            SmokeUrl = workload.AbsoluteUri.TrimEnd('/') + "/health",
            SmokeVersionKey = "version",
        };

    /// <summary>The service's own values file, where it has one, is what the manifest repository starts from.</summary>
    private static Dictionary<string, string> Seed(string app, string environment, DeploySettings keys, TemplateContext context)
    {
        string file = Path.GetFullPath(Placeholders.Fill(context.Settings.Get(keys.SandboxValues), app, environment), context.Directory);
        return File.Exists(file)
            ? new Dictionary<string, string> { [Placeholders.Fill(context.Settings.Get(keys.ManifestFile), app, environment)] = File.ReadAllText(file) }
            : [];
    }
}
