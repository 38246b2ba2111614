using Pipelines.Core;
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

    public static PipelinePlan Build(string app, DeploySettings keys, DeployTarget target, TemplateContext context)
    {
        EffectiveSettings settings = context.Settings;
        bool isSandbox = context.Mode == RunMode.Sandbox;
        var pipeline = new PipelineBuilder(app);

        StageHandle<TestResults> tests = pipeline.Add("test", Tests(keys, settings)).WithTimeout(settings.Get(keys.TestTimeout));
        StageHandle<ScannedSource> sources = pipeline.Add("scan secrets", new SecretScan { IgnoreFile = settings.Get(keys.SecretIgnoreFile) }).WithTimeout(ShortStage);
        StageHandle<BuiltImage> image = pipeline.Add("build image", Image(keys, settings, target, isSandbox)).WithRetry(3).WithTimeout(settings.Get(keys.BuildTimeout));
        StageHandle<ScannedImage> scanned = pipeline.Add("scan image", Scan(keys, settings, target, isSandbox), image).WithRetry(4, TimeSpan.FromSeconds(5)).WithTimeout(ShortStage);
        StageHandle<PublishedImage> pushed = pipeline.Add("push image", new PushImage { Credentials = target.Credentials }, scanned).After(tests, sources)
            .WithRetry(4, isSandbox ? TimeSpan.FromMilliseconds(250) : TimeSpan.FromSeconds(5)).WithTimeout(ShortStage);
        if (!isSandbox)
            pushed.When(Condition.Branch([.. keys.Environments.SelectMany(environment => environment.BranchList(settings)).Distinct(StringComparer.Ordinal)]));
        foreach (EnvironmentTarget environment in target.Environments)
            Deploy(pipeline, pushed, environment, keys, context);
        return pipeline.Build();
    }

    /// <summary>The way into one environment. A commit of a branch that may not get there goes no further.</summary>
    private static void Deploy(PipelineBuilder pipeline, StageHandle<PublishedImage> pushed, EnvironmentTarget target, DeploySettings keys, TemplateContext context)
    {
        EffectiveSettings settings = context.Settings;
        bool isSandbox = context.Mode == RunMode.Sandbox;
        string name = target.Environment.Name;
        StageHandle<Deployment> deployed = pipeline.Add($"deploy {name}", new DeployManifest(target.Environment), pushed)
            .Lock($"environment/{name}").WithRetry(3).WithTimeout(ShortStage);
        if (!isSandbox)
            deployed.When(Condition.Branch([.. target.Environment.AllowedBranches]));
        StageHandle<Deployment> synced = pipeline.Add($"sync {name}", new ArgoCdSync(), deployed).WithTimeout(settings.Get(keys.ArgoCdTimeout) + Margin);
        pipeline.Add($"smoke {name}", Smoke(keys, settings, target, isSandbox), synced).WithTimeout(settings.Get(keys.SmokeTimeout) + Margin);
    }

    /// <summary>What proves a deployment that <c>promote</c> made.</summary>
    public static StageHandle<ProvenDeployment> Prove(PipelineBuilder pipeline, StageHandle<Deployment> synced, EnvironmentTarget environment, DeploySettings keys, TemplateContext context) =>
        pipeline.Add($"smoke {environment.Environment.Name}", Smoke(keys, context.Settings, environment, context.Mode == RunMode.Sandbox), synced).WithTimeout(context.Settings.Get(keys.SmokeTimeout) + Margin);

    private static ServiceTests Tests(DeploySettings keys, EffectiveSettings settings) => new()
    {
        Language = settings.Get(keys.Language) is "auto" ? null : Enum.Parse<ServiceLanguage>(settings.Get(keys.Language), ignoreCase: true),
        MinimumCoverage = settings.FindValue(keys.MinimumCoverage),
    };

    private static IStage<BuiltImage> Image(DeploySettings keys, EffectiveSettings settings, DeployTarget target, bool isSandbox)
    {
        var docker = new DockerBuild(target.Repository)
        {
            Context = settings.Get(keys.Context),
            Dockerfile = settings.Get(keys.Dockerfile),
            Target = settings.Find(keys.Target),
            Platform = settings.Find(keys.Platform),
            BuildArguments = BuildArguments(keys, settings),
            CacheFrom = settings.Find(keys.CacheFrom) is { } from ? [from] : [],
            CacheTo = settings.Find(keys.CacheTo) is { } to ? [to] : [],
            Credentials = target.Credentials,
        };
        if (!isSandbox)
            return docker;
        var assembler = new AssembleImage(target.Repository) { Context = docker.Context, Dockerfile = docker.Dockerfile, Credentials = target.Credentials };
        return new SandboxBuild(docker, assembler, settings.Get(keys.Builder));
    }

    private static Dictionary<string, string> BuildArguments(DeploySettings keys, EffectiveSettings settings)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in (settings.Find(keys.BuildArguments) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
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
            FailOn = Enum.Parse<Severity>(settings.Get(keys.FailOn), ignoreCase: true),
            IgnoreUnfixed = settings.Get(keys.IgnoreUnfixed),
            IgnoreFile = settings.Get(keys.IgnoreFile),
            Credentials = target.Credentials,
        };
        return isSandbox ? new SandboxScan(trivy) : trivy;
    }

    private static SmokeTest Smoke(DeploySettings keys, EffectiveSettings settings, EnvironmentTarget target, bool isSandbox) => new(target.SmokeUrl)
    {
        ExpectedStatus = settings.Get(keys.SmokeStatus),
        BodyContains = settings.Find(keys.SmokeContains),
        VersionJsonKey = target.SmokeVersionKey,
        Timeout = isSandbox && settings.IsDefault(keys.SmokeTimeout) ? SandboxSmokeTimeout : settings.Get(keys.SmokeTimeout),
        RequestTimeout = settings.Get(keys.SmokeRequestTimeout),
    };
}
