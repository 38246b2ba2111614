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
        StageHandle<PublishedImage> pushed = pipeline.Add("push image", new PushImage { Credentials = target.Credentials }, scanned).After(tests, sources)
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
        StageHandle<Approval>? approval = null;
        if (environment.IsProtected && before is not null)
        {
            approval = pipeline.Add($"approve {name}", new Approve(environment), before).WithTimeout(environment.Approval.Timeout + Margin);
            if (branches is not null)
                approval.When(branches); // nobody is asked for what may not get there
        }

        StageHandle<PublishedImage>? locked = EnvironmentLocking.Lock(pipeline, environment, pushed, before, approval);
        if (branches is not null)
            locked?.When(branches);
        StageHandle<Deployment> deployed;
        if (approval is not null && before is not null)
        {
            deployed = pipeline.Add($"deploy {name}", new DeployManifest(environment), locked ?? pushed, before, approval);
        }
        else
        {
            deployed = pipeline.Add($"deploy {name}", new DeployManifest(environment), locked ?? pushed);
            if (before is not null)
                deployed.After(before);
        }

        deployed.Lock($"environment/{name}").WithRetry(3).WithTimeout(environment.Delivery is DeliverBy.PullRequest { WaitsForMerge: true } request ? request.Timeout + Margin : ShortStage);
        if (branches is not null)
            deployed.When(branches);
        StageHandle<Deployment> synced = pipeline.Add($"sync {name}", new ArgoCdSync(), deployed).WithTimeout(context.Settings.Get(keys.ArgoCd.Timeout) + Margin);
        StageHandle<ProvenDeployment> proven = Prove(pipeline, synced, target, keys, context);
        StageHandle<ProvenDeployment> last = records ? pipeline.Add($"record {name}", new RecordProof(), proven).WithRetry(3).WithTimeout(ShortStage) : proven;
        EnvironmentLocking.Release(pipeline, environment, locked, last);
        return last;
    }

    /// <summary>What proves a deployment, also one that <c>promote</c> made: its smoke test, and its metrics where it has any.</summary>
    public static StageHandle<ProvenDeployment> Prove(PipelineBuilder pipeline, StageHandle<Deployment> synced, EnvironmentTarget target, DeploySettings keys, TemplateContext context)
    {
        string name = target.Environment.Name;
        StageHandle<ProvenDeployment> smoke = pipeline.Add($"smoke {name}", Smoke(keys, context.Settings, target, context.Mode == RunMode.Sandbox), synced)
            .WithTimeout(context.Settings.Get(keys.Smoke.Timeout) + Margin);
        return target.Analysis is { } analysis ? pipeline.Add($"observe {name}", new Observe(analysis), smoke).WithTimeout(analysis.Length + ObservationMargin) : smoke;
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
