using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The settings of <see cref="DeployPipeline"/>. Every one has a default that is safe; a live run needs four of them set.</summary>
internal sealed class DeploySettings
{
    public DeploySettings(IEnumerable<DeployEnvironment> environments)
    {
        Environments = [.. environments.Where(environment => DeployArguments.CheckEnvironment(environment.Name) is null).DistinctBy(environment => environment.Name)
            .Select(environment => new EnvironmentKeys(environment, Schema, CheckSmokeUrl))];

        Language = Schema.Choice("tests.language", "the language of the service", "auto", "auto", "python", "node", "dotnet", "maven", "gradle", "go");
        MinimumCoverage = Schema.Share("tests.minimum-coverage", "the least share of lines the tests must cover, where coverage can be measured (Python with pytest-cov)");
        TestTimeout = Schema.Duration("tests.timeout", "how long the tests may take", "30m");

        Builder = Schema.Choice("image.builder", "docker, or the sandbox's assembler (sandbox only)", "auto", "auto", "docker", "assembler");
        Dockerfile = Schema.Text("image.dockerfile", "the Dockerfile, from the build context", "Dockerfile");
        Context = Schema.Text("image.context", "the build context, from the service's root", ".");
        Target = Schema.Text("image.target", "the stage of the Dockerfile to build; the last where not set");
        Platform = Schema.Text("image.platform", "the platform to build for, such as linux/amd64; the engine's own where not set");
        BuildArguments = Schema.Text("image.build-args", "build arguments, name=value with commas; they stay visible in the image");
        CacheFrom = Schema.Text("image.cache-from", "buildx' --cache-from");
        CacheTo = Schema.Text("image.cache-to", "buildx' --cache-to");
        BuildTimeout = Schema.Duration("image.timeout", "how long the build may take", "30m");

        RegistryUser = Schema.Text("registry.user", "the user of a registry that is not ECR");
        RegistryPassword = Schema.Secret("registry.password", "its password or token", "env://REGISTRY_PASSWORD");

        FailOn = Schema.Choice("scan.fail-on", "the severity from which a finding blocks", "high", "low", "medium", "high", "critical");
        IgnoreUnfixed = Schema.Flag("scan.ignore-unfixed", "whether findings without a fix pass", true);
        IgnoreFile = Schema.Text("scan.ignore-file", "the ignore list: id, reason and expiry date per entry", "scan-ignore.yaml");
        SecretIgnoreFile = Schema.Text("secrets.scan-ignore-file", "the allow list of the secret scan: fingerprint, or rule and path, with a reason per entry", "secret-scan-ignore.yaml");

        ManifestRepository = Schema.Text("manifest.repository", "the manifest repository: https, ssh or a path, without credentials", check: text => CheckCredentials(text, "set manifest.token to where the token is kept"));
        ManifestBranch = Schema.Text("manifest.branch", "the branch that Argo CD follows", "main");
        ManifestFile = Schema.Text("manifest.file", "the values file in it", "apps/{app}/values-{environment}.yaml");
        ManifestKey = Schema.Text("manifest.key", "the key of the tag in that file", "image.tag");
        ManifestToken = Schema.Secret("manifest.token", "the token that may push to it (https only)", "env://MANIFEST_TOKEN");
        ManifestTokenUser = Schema.Text("manifest.token-user", "the user name that goes with the token", "x-access-token");
        AuthorName = Schema.Text("manifest.author-name", "the author of the manifest commits", "Pipelines");
        AuthorEmail = Schema.Text("manifest.author-email", "the author's address", "pipelines@ci.invalid");
        PushAttempts = Schema.Number("manifest.push-attempts", "how often a push is tried when others push too", 10, 1, 100);

        ArgoCdServer = Schema.Address("argocd.server", "the Argo CD server, such as https://argocd.example.com");
        ArgoCdApplication = Schema.Text("argocd.application", "the application", "{app}-{environment}");
        ArgoCdToken = Schema.Secret("argocd.token", "an API token that may get the application", "env://ARGOCD_TOKEN");
        ArgoCdTimeout = Schema.Duration("argocd.timeout", "how long sync and health may take together", "10m");

        SmokeUrl = Schema.Text("smoke.url", "what the smoke test gets; may hold {app} and {environment}", check: CheckSmokeUrl);
        SmokeStatus = Schema.Number("smoke.status", "the status it expects", 200, 100, 599);
        SmokeContains = Schema.Text("smoke.contains", "text that the body must hold");
        SmokeVersionKey = Schema.Text("smoke.version-key", "the key of the JSON body that must be the deployed tag");
        SmokeTimeout = Schema.Duration("smoke.timeout", "how long it may take in all", "2m");
        SmokeRequestTimeout = Schema.Duration("smoke.request-timeout", "how long one request may take", "10s");

        SlackToken = Schema.Secret("slack.token", "the bot token that posts to the channel", "env://SLACK_TOKEN");
        SlackWebhook = Schema.Secret("slack.webhook", "a webhook instead of the token: one message at the end");

        SandboxValues = Schema.Text("sandbox.values", "the service's values file that the sandbox's manifest repository starts from", "deploy/values-{environment}.yaml");
    }

    public SettingsSchema Schema { get; } = new();

    /// <summary>The keys of each environment, in the order an image goes through them.</summary>
    public IReadOnlyList<EnvironmentKeys> Environments { get; }

    public Setting<string> Language { get; }

    public Setting<double> MinimumCoverage { get; }

    public Setting<TimeSpan> TestTimeout { get; }

    public Setting<string> Builder { get; }

    public Setting<string> Dockerfile { get; }

    public Setting<string> Context { get; }

    public Setting<string> Target { get; }

    public Setting<string> Platform { get; }

    public Setting<string> BuildArguments { get; }

    public Setting<string> CacheFrom { get; }

    public Setting<string> CacheTo { get; }

    public Setting<TimeSpan> BuildTimeout { get; }

    public Setting<string> RegistryUser { get; }

    public Setting<SecretReference> RegistryPassword { get; }

    public Setting<string> FailOn { get; }

    public Setting<bool> IgnoreUnfixed { get; }

    public Setting<string> IgnoreFile { get; }

    public Setting<string> SecretIgnoreFile { get; }

    public Setting<string> ManifestRepository { get; }

    public Setting<string> ManifestBranch { get; }

    public Setting<string> ManifestFile { get; }

    public Setting<string> ManifestKey { get; }

    public Setting<SecretReference> ManifestToken { get; }

    public Setting<string> ManifestTokenUser { get; }

    public Setting<string> AuthorName { get; }

    public Setting<string> AuthorEmail { get; }

    public Setting<int> PushAttempts { get; }

    public Setting<Uri> ArgoCdServer { get; }

    public Setting<string> ArgoCdApplication { get; }

    public Setting<SecretReference> ArgoCdToken { get; }

    public Setting<TimeSpan> ArgoCdTimeout { get; }

    public Setting<string> SmokeUrl { get; }

    public Setting<int> SmokeStatus { get; }

    public Setting<string> SmokeContains { get; }

    public Setting<string> SmokeVersionKey { get; }

    public Setting<TimeSpan> SmokeTimeout { get; }

    public Setting<TimeSpan> SmokeRequestTimeout { get; }

    public Setting<SecretReference> SlackToken { get; }

    public Setting<SecretReference> SlackWebhook { get; }

    public Setting<string> SandboxValues { get; }

    /// <summary>What is wrong with the settings together.</summary>
    public IEnumerable<string> Check(EffectiveSettings settings, RunMode mode)
    {
        if (mode == RunMode.Sandbox)
            yield break; // the sandbox brings everything that is not set
        if (!settings.Has(ManifestRepository))
            yield return EffectiveSettings.Missing(ManifestRepository, "a live run commits the deployment to it");
        foreach (EnvironmentKeys environment in Environments)
        {
            Setting<Uri> server = settings.Has(environment.ArgoCdServer) ? environment.ArgoCdServer : ArgoCdServer;
            if (settings.Find(server) is { Scheme: "http", IsLoopback: false })
                yield return $"{server.Key} is plain http, over which everybody between here and there can read argocd.token. Use https.";
        }

        if (!settings.Has(ArgoCdServer) && !Environments.All(environment => settings.Has(environment.ArgoCdServer)))
            yield return EffectiveSettings.Missing(ArgoCdServer, "a live run waits there for the deployment");
        if (!settings.Has(SmokeUrl) && !Environments.All(environment => settings.Has(environment.SmokeUrl)))
            yield return EffectiveSettings.Missing(SmokeUrl, "a live deployment is proven by its smoke test");
        if (settings.Get(Builder) == "assembler")
            yield return "image.builder is 'assembler', which only the sandbox has. Use docker in a live run.";
    }

    private static string? CheckSmokeUrl(string text)
    {
        string filled = Placeholders.Fill(text, "app", "environment");
        return CheckCredentials(text, "a smoke test needs an address that answers without them")
            ?? (Uri.TryCreate(filled, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && !filled.Contains('{', StringComparison.Ordinal)
                ? null
                : $"'{text}' is no http or https address. Write it whole, such as https://{{app}}.{{environment}}.example.com/health; {{app}} and {{environment}} are filled in.");
    }

    /// <summary>The user of ssh is part of the address; in http anything in front of the @ is a credential. The text is not repeated.</summary>
    private static string? CheckCredentials(string text, string instead) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.UserInfo.Length > 0 && (address.Scheme is "http" or "https" || address.UserInfo.Contains(':', StringComparison.Ordinal))
            ? $"the address holds a user name or password. Take it out; {instead}."
            : null;
}
