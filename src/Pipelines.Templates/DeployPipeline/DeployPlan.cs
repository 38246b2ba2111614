using Pipelines.Core;
using Pipelines.Core.Cli;
using Pipelines.Core.Stages.Image;

namespace Pipelines.Templates;

/// <summary>The stages of a deploy.</summary>
internal static class DeployPlan
{
    private static readonly TimeSpan ShortStage = TimeSpan.FromMinutes(15);

    /// <summary>How long the sandbox's smoke test may take where nobody has set it: its stand-in either answers at once or never.</summary>
    private static readonly TimeSpan SandboxSmokeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Time for a stage to say itself what it waited for, before the engine ends it.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>Queries may be slow, and are not counted in the length of an analysis.</summary>
    private static readonly TimeSpan ObservationMargin = TimeSpan.FromMinutes(5);

    public static PipelinePlan Build(string app, DeploySettings keys, DeployTarget target, TemplateContext context)
    {
        EffectiveSettings settings = context.Settings;
        bool isSandbox = context.Mode == RunMode.Sandbox;
        var pipeline = new PipelineBuilder(app);

        StageHandle<TestResults> tests = pipeline.Add("test", Tests(keys, settings)).WithTimeout(settings.Get(keys.Tests.Timeout));
        StageHandle<ScannedSource> sources = pipeline.Add("scan secrets", new SecretScan { IgnoreFile = settings.Get(keys.Scan.SecretIgnoreFile) }).WithTimeout(ShortStage);
        StageHandle<BuiltImage> image = pipeline.Add("build image", Image(keys, settings, target, isSandbox)).WithRetry(3).WithTimeout(settings.Get(keys.Image.Timeout));
        StageHandle<ScannedImage> scanned = pipeline.Add("scan image", Scan(keys, settings, target, isSandbox), image).WithRetry(4, TimeSpan.FromSeconds(5)).WithTimeout(ShortStage);
        StageHandle<PublishedImage> pushed = pipeline.Add("push image", new PushImage { Credentials = target.Credentials }, scanned).After([tests, sources, .. ZeroDowntime(pipeline, keys, target, context)])
            .WithRetry(4, isSandbox ? TimeSpan.FromMilliseconds(250) : TimeSpan.FromSeconds(5)).WithTimeout(ShortStage);
        if (keys.Preview.AreWanted(context))
        {
            PreviewPlan.Add(pipeline, pushed, target.Previews, context.PullRequest!.Value, keys, context); // and nothing else: no pull request gets any further
            return pipeline.Build();
        }

        if (!isSandbox)
            pushed.When(Condition.Branch([.. keys.Environments.SelectMany(environment => environment.BranchList(settings)).Distinct(StringComparer.Ordinal)]));
        StageHandle<ProvenDeployment>? proven = null;
        foreach (EnvironmentTarget environment in target.Environments)
            proven = Deploy(pipeline, pushed, proven, environment, target.Environments.Any(other => other.Environment.IsProtected), keys, context);
        return pipeline.Build();
    }

    /// <summary>The way into one environment: after the one before it has proven the image, and into a protected one with an approval. A commit of a branch that may not get there goes no further.</summary>
    private static StageHandle<ProvenDeployment> Deploy(
        PipelineBuilder pipeline,
        StageHandle<PublishedImage> pushed,
        StageHandle<ProvenDeployment>? before,
        EnvironmentTarget target,
        bool records,
        DeploySettings keys,
        TemplateContext context)
    {
        DeploymentEnvironment environment = target.Environment;
        string name = environment.Name;
        bool isSandbox = context.Mode == RunMode.Sandbox;
        var branches = isSandbox ? null : Condition.Branch([.. environment.AllowedBranches]);
        StageHandle<Approval>? approval = environment.IsProtected && before is not null
            ? pipeline.Add($"approve {name}", new Approve(environment), before).WithRetry(3).WithTimeout(environment.Approval.Timeout + Margin)
            : null;
        if (branches is not null)
            approval?.When(branches); // nobody is asked for what may not get there
        StageHandle<PublishedImage>? locked = EnvironmentLocking.Lock(pipeline, environment, pushed, before, approval);
        if (branches is not null)
            locked?.When(branches);
        StageHandle<PublishedImage> image = Migrate(pipeline, locked ?? pushed, approval, target, isSandbox);
        if (image != (locked ?? pushed) && approval is null)
        {
            if (before is not null)
                image.After(before);
            if (branches is not null)
                image.When(branches);
        }

        StageHandle<Deployment> deployed = approval is not null
            ? pipeline.Add($"deploy {name}", new DeployManifest(environment), image, before!, approval)
            : pipeline.Add($"deploy {name}", new DeployManifest(environment), image);
        if (approval is null && before is not null)
            deployed.After(before);

        deployed.Lock($"environment/{name}").WithRetry(3).WithTimeout(environment.Delivery is DeliverBy.PullRequest { WaitsForMerge: true } request ? request.Timeout + Margin : ShortStage);
        if (branches is not null)
            deployed.When(branches);
        StageHandle<Deployment> synced = pipeline.Add($"sync {name}", new ArgoCdSync(), deployed).WithTimeout(context.Settings.Get(keys.ArgoCd.Timeout) + Margin);
        StageHandle<ProvenDeployment> proven = Prove(pipeline, synced, target, keys, context);
        StageHandle<ProvenDeployment> last = records ? pipeline.Add($"record {name}", new RecordProof(), proven).WithRetry(3).WithTimeout(ShortStage) : proven;
        EnvironmentLocking.Release(pipeline, environment, locked, last);
        return last;
    }

    /// <summary>What an environment needs before a deployment, also one that <c>promote</c> makes: the migration of its database, where it has one. The image goes through it.</summary>
    public static StageHandle<PublishedImage> Migrate(PipelineBuilder pipeline, StageHandle<PublishedImage> image, StageHandle<Approval>? approval, EnvironmentTarget target, bool isSandbox)
    {
        if (target.Migration is not { } migration)
            return image;
        string name = $"migrate {target.Environment.Name}";
        var migrate = new MigrateDatabase(target.Environment, migration.Database ?? target.Environment.App, migration.Up, migration.Rollback) { Timeout = migration.Timeout };
        var simulated = new SandboxMigration(migrate);
        StageHandle<PublishedImage> migrated = (isSandbox, approval) switch
        {
            (true, null) => pipeline.Add(name, simulated, image),
            (true, _) => pipeline.Add(name, simulated, image, approval),
            (false, null) => pipeline.Add(name, migrate, image),
            (false, _) => pipeline.Add(name, migrate, image, approval),
        };
        return migrated.Lock(migrate.LockName).WithTimeout(migration.Timeout + Margin);
    }

    /// <summary>What proves a deployment, also one that <c>promote</c> made: its smoke test, and its metrics where it has any.</summary>
    public static StageHandle<ProvenDeployment> Prove(PipelineBuilder pipeline, StageHandle<Deployment> synced, EnvironmentTarget target, DeploySettings keys, TemplateContext context)
    {
        string name = target.Environment.Name;
        StageHandle<ProvenDeployment> smoke = pipeline.Add($"smoke {name}", Smoke(keys, context.Settings, target, context.Mode == RunMode.Sandbox), synced)
            .WithTimeout(context.Settings.Get(keys.Smoke.Timeout) + Margin);
        return target.Analysis is { } analysis ? pipeline.Add($"observe {name}", new Observe(analysis), smoke).WithTimeout(analysis.Length + ObservationMargin) : smoke;
    }

    /// <summary>It needs no image, so that a pull request hears of it as well.</summary>
    private static List<StageHandle> ZeroDowntime(PipelineBuilder pipeline, DeploySettings keys, DeployTarget target, TemplateContext context)
    {
        var checks = new List<StageHandle>();
        foreach (EnvironmentTarget environment in target.Environments)
        {
            if (keys.ZeroDowntime.Of(environment, keys.Manifest, context) is not { } check)
                continue;
            IStage<ZeroDowntimeResult> stage = context.Mode == RunMode.Sandbox ? new SandboxZeroDowntime(check) : check;
            checks.Add(pipeline.Add($"zero downtime {environment.Environment.Name}", stage).WithTimeout(ShortStage));
        }

        return checks;
    }

    private static ServiceTests Tests(DeploySettings keys, EffectiveSettings settings) => new()
    {
        Language = settings.Get(keys.Tests.Language) is "auto" ? null : Enum.Parse<ServiceLanguage>(settings.Get(keys.Tests.Language), ignoreCase: true),
        MinimumCoverage = settings.FindValue(keys.Tests.MinimumCoverage),
    };

    private static IStage<BuiltImage> Image(DeploySettings keys, EffectiveSettings settings, DeployTarget target, bool isSandbox)
    {
        var docker = new DockerBuild(target.Repository)
        {
            Context = settings.Get(keys.Image.Context),
            Dockerfile = settings.Get(keys.Image.Dockerfile),
            Target = settings.Find(keys.Image.Target),
            Platform = settings.Find(keys.Image.Platform),
            BuildArguments = BuildArguments(keys, settings),
            CacheFrom = settings.Find(keys.Image.CacheFrom) is { } from ? [from] : [],
            CacheTo = settings.Find(keys.Image.CacheTo) is { } to ? [to] : [],
            Credentials = target.Credentials,
        };
        if (!isSandbox)
            return docker;
        var assembler = new AssembleImage(target.Repository) { Context = docker.Context, Dockerfile = docker.Dockerfile, Credentials = target.Credentials };
        return new SandboxBuild(docker, assembler, settings.Get(keys.Image.Builder));
    }

    private static Dictionary<string, string> BuildArguments(DeploySettings keys, EffectiveSettings settings)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in (settings.Find(keys.Image.BuildArguments) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new InvalidUsageException($"image.build-args: '{pair}' is no name=value.", null, "Write image.build-args as name=value,name=value.");
            arguments[pair[..equals]] = pair[(equals + 1)..];
        }

        return arguments;
    }

    private static IStage<BuiltImage, ScannedImage> Scan(DeploySettings keys, EffectiveSettings settings, DeployTarget target, bool isSandbox)
    {
        var trivy = new TrivyImageScan
        {
            FailOn = Enum.Parse<Severity>(settings.Get(keys.Scan.FailOn), ignoreCase: true),
            IgnoreUnfixed = settings.Get(keys.Scan.IgnoreUnfixed),
            IgnoreFile = settings.Get(keys.Scan.IgnoreFile),
            Credentials = target.Credentials,
        };
        return isSandbox ? new SandboxScan(trivy) : trivy;
    }

    private static SmokeTest Smoke(DeploySettings keys, EffectiveSettings settings, EnvironmentTarget target, bool isSandbox) => new(target.SmokeUrl)
    {
        ExpectedStatus = settings.Get(keys.Smoke.Status),
        BodyContains = settings.Find(keys.Smoke.Contains),
        VersionJsonKey = target.SmokeVersionKey,
        Timeout = isSandbox && settings.IsDefault(keys.Smoke.Timeout) ? SandboxSmokeTimeout : settings.Get(keys.Smoke.Timeout),
        RequestTimeout = settings.Get(keys.Smoke.RequestTimeout),
    };
}
