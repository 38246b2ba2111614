using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The whole way of a service in one line: its tests, image, scan and push; then staging: a commit to the manifest repository, Argo CD, a smoke test, its metrics; an approval; the same for prod, with the same digest; and one Slack message.</summary>
/// <remarks>
/// On a laptop it runs against the sandbox: nothing leaves the machine. On a CI system, or with <c>--live</c>, it does it for real. Whatever fails after the commit undoes the commit.
/// </remarks>
/// <example><code>
/// return await new DeployPipeline(
///     app: "order-service",
///     ecrRepo: "123456789012.dkr.ecr.ap-south-1.amazonaws.com/order-service",
///     slackChannel: "#orders-team").RunAsync(args);
/// </code></example>
public sealed class DeployPipeline : PipelineTemplate
{
    private DeploySettings? _keys;

    /// <summary>The pipeline of a service.</summary>
    /// <param name="app">The service's name, as the manifest repository and Argo CD know it: lower-case letters, digits and dashes.</param>
    /// <param name="ecrRepo">The image repository with its registry, without scheme and tag. ECR or any other OCI registry.</param>
    /// <param name="slackChannel">The channel that hears of every run, such as <c>#orders-team</c>.</param>
    /// <remarks>What is wrong with them is told by <see cref="RunAsync"/>, all in one error, with exit code 2.</remarks>
    public DeployPipeline(string app, string ecrRepo, string slackChannel)
    {
        App = app ?? "";
        EcrRepo = ecrRepo ?? "";
        SlackChannel = slackChannel ?? "";
    }

    /// <summary>The service's name.</summary>
    public string App { get; }

    /// <summary>The image repository.</summary>
    public string EcrRepo { get; }

    /// <summary>The Slack channel.</summary>
    public string SlackChannel { get; }

    /// <summary>Settings that the script gives, by key: <c>Settings = { ["smoke.url"] = "https://…" }</c>. <c>pipeline.yaml</c>, variables and <c>--set</c> win over them.</summary>
    /// <value>none</value>
    public IDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The environments, in the order an image goes through them.</summary>
    /// <value><c>staging</c>, then <c>prod</c>, which is protected</value>
    public IReadOnlyList<DeployEnvironment> Environments { get; init; } = [new("staging"), new("prod") { IsProtected = true }];

    /// <inheritdoc/>
    public override string Name => string.IsNullOrWhiteSpace(App) ? "(no name)" : App;

    private DeploySettings Keys => _keys ??= new DeploySettings(Environments); // once the script has said which environments there are

    /// <inheritdoc/>
    public override SettingsSchema Schema => Keys.Schema;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Defaults => Settings.AsReadOnly();

    /// <summary>Does what the command line asks; without arguments, runs the pipeline.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <returns>The exit code: 0 done, 1 the pipeline failed, 2 bad usage, settings or definition, 3 a required tool or credential is missing, 130 cancelled.</returns>
    public Task<int> RunAsync(params string[] args) => PipelineApp.RunAsync(this, args);

    /// <inheritdoc/>
    public override IEnumerable<string> CheckDefinition() => DeployArguments.Check(App, EcrRepo, SlackChannel).Concat(DeployArguments.CheckEnvironments(Environments));

    /// <inheritdoc/>
    public override IEnumerable<string> Check(EffectiveSettings settings, RunMode mode) => Keys.Check(settings, mode);

    /// <inheritdoc/>
    public override async Task<PipelinePlan> BuildAsync(TemplateContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.WillRun)
            await DeploySource.CheckAsync(context, cancellationToken).ConfigureAwait(false);
        DeployTarget target = await TargetAsync(context, cancellationToken).ConfigureAwait(false);
        return DeployPlan.Build(App, Keys, target, context);
    }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<DeploymentEnvironment>> EnvironmentsAsync(TemplateContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        DeployTarget target = await TargetAsync(context, cancellationToken).ConfigureAwait(false);
        return [.. target.Environments.Select(environment => environment.Environment)];
    }

    /// <inheritdoc/>
    public override async Task<Previews?> PreviewsAsync(TemplateContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        // No target of a live run: that would fetch the secrets of all environments.
        return context.Mode == RunMode.Live ? DeployPreviews.Live(App, Keys, context) : (await TargetAsync(context, cancellationToken).ConfigureAwait(false)).Previews;
    }

    /// <inheritdoc/>
    public override async Task<PromotionParts?> PromotionAsync(TemplateContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        DeployTarget target = await TargetAsync(context, cancellationToken).ConfigureAwait(false);
        return new PromotionParts([.. target.Environments.Select(one => one.Environment)], target.Repository, target.Credentials, (pipeline, synced, environment) => DeployPlan.Prove(pipeline, synced, Of(environment), Keys, context))
        {
            Prepare = (pipeline, image, approval, environment) => DeployPlan.Migrate(pipeline, image, approval, Of(environment), context.Mode == RunMode.Sandbox),
        };

        EnvironmentTarget Of(DeploymentEnvironment environment) => target.Environments.First(one => one.Environment.Name == environment.Name);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<DoctorCheck> Doctor(TemplateContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return DeployDoctor.Checks(App, EcrRepo, Keys, context);
    }

    private Task<DeployTarget> TargetAsync(TemplateContext context, CancellationToken cancellationToken) => context.Mode == RunMode.Sandbox
        ? SandboxTarget.CreateAsync(App, SlackChannel, Keys, context, cancellationToken)
        : LiveTarget.CreateAsync(App, EcrRepo, SlackChannel, Keys, context, cancellationToken);
}
