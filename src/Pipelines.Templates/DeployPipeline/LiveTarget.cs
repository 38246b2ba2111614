using Pipelines.Core;
using Pipelines.Core.Hosts;
using Pipelines.Core.Reporting.Slack;

namespace Pipelines.Templates;

/// <summary>The real world. Every secret a run will need is fetched before its first stage, so that a missing one stops it before anything has happened.</summary>
internal static class LiveTarget
{
    public static async Task<DeployTarget> CreateAsync(string app, string ecrRepo, string slackChannel, DeploySettings keys, TemplateContext context, CancellationToken cancellationToken)
    {
        DeployTarget target = Describe(app, ImageReference.Parse(ecrRepo), keys, context);
        if (context.WillRun)
        {
            await FetchSecretsAsync(target, keys.Preview.AreWanted(context), context, cancellationToken).ConfigureAwait(false);
            if (context.PullRequest is null && target.Environments.Where(one => one.Analysis is null).Select(one => $"'{one.Environment.Name}'").ToArray() is { Length: > 0 } unobserved)
                context.Warn($"Nobody observes the metrics of {string.Join(" and ", unobserved)} after the smoke test: prometheus.server is not set.");
            await ObserveBySlackAsync(slackChannel, keys, context, cancellationToken).ConfigureAwait(false);
        }

        return target;
    }

    /// <summary>What the settings say, with nothing asked for.</summary>
    public static DeployTarget Describe(string app, ImageReference repository, DeploySettings keys, TemplateContext context) => new()
    {
        Repository = repository,
        Credentials = context.Settings.Find(keys.Registry.User) is { } user ? new RegistryCredentials.Basic(user, context.Settings.Get(keys.Registry.Password)) : RegistryCredentials.For(repository),
        Environments = [.. keys.Environments.Select(environment => Environment(app, environment, keys, context.Settings))],
        Previews = DeployPreviews.Live(app, keys, context),
    };

    private static EnvironmentTarget Environment(string app, EnvironmentKeys environment, DeploySettings keys, EffectiveSettings settings)
    {
        string name = environment.Name;
        DeployMigration? migration = keys.Migrate.Of(environment, app, settings);
        string manifests = settings.Find(keys.Manifest.Repository) ?? "(manifest.repository is not set)";
        bool isHttp = manifests.StartsWith("https://", StringComparison.Ordinal) || manifests.StartsWith("http://", StringComparison.Ordinal);
        return new EnvironmentTarget
        {
            Environment = new DeploymentEnvironment
            {
                Name = name,
                App = app,
                IsProtected = environment.Environment.IsProtected,
                AllowedBranches = environment.BranchList(settings),
                Approval = keys.Approval.Of(environment, settings),
                Delivery = keys.Delivery.Of(environment, settings),
                MigratesIrreversibly = migration?.IsIrreversible ?? false,
                Lock = keys.Deploy.Policy(settings),
                LockTimeout = settings.Get(keys.Deploy.LockTimeout),
                SmokeUrl = settings.Find(environment.SmokeUrl) ?? settings.Find(keys.Smoke.Url),
                SmokeVersionKey = settings.Find(keys.Smoke.VersionKey),
                Manifest = DeployManifestTarget.From(keys, settings, app, name, manifests) with { Token = isHttp ? settings.Get(keys.Manifest.Token) : null },
                ArgoCd = new ArgoCdTarget
                {
                    Server = settings.Find(environment.ArgoCdServer) ?? settings.Find(keys.ArgoCd.Server) ?? new Uri("https://argocd.server.is.not.set.invalid"),
                    Application = Placeholders.Fill(settings.Get(keys.ArgoCd.Application), app, name),
                    Token = settings.Get(keys.ArgoCd.Token).In(app, name),
                    Timeout = settings.Get(keys.ArgoCd.Timeout),
                },
            },
            SmokeUrl = Placeholders.Fill(settings.Find(environment.SmokeUrl) ?? settings.Find(keys.Smoke.Url) ?? "https://smoke.url.is.not.set.invalid", app, name),
            SmokeVersionKey = settings.Find(keys.Smoke.VersionKey),
            Analysis = environment.Environment.Analysis ?? (keys.Prometheus.Of(settings) is { } prometheus ? keys.Observe.Of(prometheus, settings) : null),
            Migration = migration,
        };
    }

    /// <summary>What the stages of an environment will read. The token for GitHub's reviews is there in its jobs alone.</summary>
    private static IEnumerable<SecretReference?> Secrets(EnvironmentTarget target, TemplateContext context)
    {
        DeploymentEnvironment environment = target.Environment;
        bool Opens(ApprovalMethod method) => environment.IsProtected && environment.Approval.Methods.HasFlag(method);
        IEnumerable<SecretReference?> all =
        [
            environment.Manifest.Token,
            environment.ArgoCd?.Token,
            target.Analysis?.Prometheus.Token,
            target.Analysis?.Prometheus.Password,
            (environment.Delivery as DeliverBy.PullRequest)?.Project.Token,
            Opens(ApprovalMethod.Signature) ? environment.Approval.Signers?.Token : null,
            Opens(ApprovalMethod.Host) && context.Host is GitHubActionsHost ? environment.Approval.HostToken : null,
            .. target.Migration?.Secrets ?? [],
        ];
        return all.Select(reference => reference?.In(environment.App, environment.Name));
    }

    /// <summary>All that are missing are told in one error.</summary>
    private static async Task FetchSecretsAsync(DeployTarget target, bool forPreview, TemplateContext context, CancellationToken cancellationToken)
    {
        IEnumerable<SecretReference?> needed =
        [
            .. forPreview ? [target.Previews.Manifest.Token, target.Previews.ArgoCd?.Token] : target.Environments.SelectMany(one => Secrets(one, context)),
            (target.Credentials as RegistryCredentials.Basic)?.Password,
        ];
        var missing = new List<SecretNotFoundException>();
        foreach (SecretReference reference in needed.OfType<SecretReference>().Distinct())
        {
            try
            {
                await context.Secrets.GetAsync(reference, cancellationToken).ConfigureAwait(false);
            }
            catch (SecretNotFoundException exception)
            {
                missing.Add(exception);
            }
        }

        if (missing.Count > 0)
            throw new MissingSecretsException(missing, forPreview ? context.PullRequest : null);
    }

    /// <summary>Slack never fails a run: not even by a missing token.</summary>
    private static async Task ObserveBySlackAsync(string channel, DeploySettings keys, TemplateContext context, CancellationToken cancellationToken)
    {
        try
        {
            if (context.Settings.Find(keys.Slack.Webhook) is { } webhook)
                context.Observe(SlackObserver.WithWebhook(await context.Secrets.GetAsync(webhook, cancellationToken).ConfigureAwait(false), context.Warn, context.Time));
            else
                context.Observe(SlackObserver.WithToken(channel, await context.Secrets.GetAsync(context.Settings.Get(keys.Slack.Token), cancellationToken).ConfigureAwait(false), null, context.Warn, context.Time));
        }
        catch (PipelineException exception)
        {
            context.Warn($"Slack hears nothing of this run. {exception.What} Set slack.token or slack.webhook to where it is kept.");
        }
    }
}
