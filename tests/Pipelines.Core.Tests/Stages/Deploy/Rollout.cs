using Pipelines.Core.Engine;
using Pipelines.Core.Model;
using Pipelines.Core.Tests.Clients.ArgoCd;
using Pipelines.Core.Tests.Engine;
using Pipelines.Core.Tests.Stages.Verify;
using Pipelines.Core.Tests.Tools.Git;
using Pipelines.Testing;
using static Pipelines.Core.Tests.Clients.ArgoCd.ScriptedArgoCd;

namespace Pipelines.Core.Tests.Stages.Deploy;

/// <summary>One image on its way into staging, by the engine itself: a commit to a real repository, Argo CD and the service over HTTP. A test changes what goes wrong.</summary>
internal sealed class Rollout : IDisposable
{
    public const string File = "apps/order/values-staging.yaml";
    public const string Before = "image:\n  tag: old\n";
    public static readonly string Ours = new('1', 40);
    public static readonly string Tag = new('a', 40);
    public static readonly string Digest = "sha256:" + new string('a', 64);
    public static readonly Uri Nobody = new("http://127.0.0.1:1/");

    private readonly TemporaryDirectory _directory = new();
    private readonly ScriptedArgoCd _argoCd;
    private readonly AnswerServer _service;

    private Rollout(Answer[] argoCd, string[] service)
    {
        _argoCd = new ScriptedArgoCd(argoCd.Length == 0 ? [App("Synced", Ours, "Healthy")] : argoCd) { Revision = () => Manifests.HeadAsync("main").GetAwaiter().GetResult() };
        _service = new AnswerServer(service.Length == 0 ? ["200 OK\nfine"] : service);
        ArgoCd = _argoCd.Address;
        Smoke = new SmokeTest(_service.Url) { Timeout = TimeSpan.FromSeconds(30), RequestTimeout = TimeSpan.FromSeconds(20) };
    }

    public GitRepository Manifests { get; private set; } = null!;

    public ScriptedArgoCd ArgoCdServer => _argoCd;

    public string Service => _service.Url;

    /// <summary>Where the run looks for Argo CD.</summary>
    public Uri? ArgoCd { get; set; }

    public SmokeTest Smoke { get; set; }

    /// <summary>The address that the undo asks.</summary>
    public string? SmokeUrl { get; set; }

    /// <summary>The chart's key for the digest; null where it has none.</summary>
    public string? DigestKey { get; set; }

    /// <summary>What is held against the deployment once it answers.</summary>
    public Analysis? Analysis { get; set; }

    /// <summary>What stands between the commit and Argo CD, such as somebody else who pushes.</summary>
    public Func<CancellationToken, Task> Between { get; set; } = _ => Task.CompletedTask;

    /// <summary>What comes last.</summary>
    public IStage<ProvenDeployment, ProvenDeployment>? Last { get; set; }

    public TimeProvider Time { get; set; } = new SkippingTime();

    public Func<RunSetup, RunSetup> Setup { get; set; } = setup => setup;

    public EngineRun.Recorder Events { get; } = new();

    public DeploymentEnvironment Environment => new()
    {
        Name = "staging",
        App = "order",
        SmokeUrl = SmokeUrl,
        Manifest = new ManifestTarget { Repository = "manifests.git", File = File, DigestKey = DigestKey },
        ArgoCd = ArgoCd is null ? null : new ArgoCdTarget { Server = ArgoCd, Application = "order", Timeout = TimeSpan.FromMinutes(2) },
    };

    public static async Task<Rollout> CreateAsync(Answer[]? argoCd = null, string[]? service = null)
    {
        var rollout = new Rollout(argoCd ?? [], service ?? []);
        rollout.Manifests = await GitRepository.CreateManifestsAsync(rollout._directory.Path, (File, Before));
        return rollout;
    }

    public Task<RunResult> RunAsync()
    {
        DeploymentEnvironment environment = Environment;
        var pipeline = new PipelineBuilder("order");
        StageHandle<PublishedImage> image = pipeline.Add("image", (_, _) => Task.FromResult(Image()));
        StageHandle<Deployment> deployed = pipeline.Add("deploy staging", new DeployManifest(environment), image);
        StageHandle<Deployment> between = pipeline.Add("between", deployed, async (deployment, _, cancellationToken) =>
        {
            await Between(cancellationToken);
            return deployment;
        });
        StageHandle<Deployment> synced = pipeline.Add("sync staging", new ArgoCdSync(), between);
        StageHandle<ProvenDeployment> proven = pipeline.Add("smoke staging", Smoke, synced);
        if (Analysis is not null)
            proven = pipeline.Add("observe staging", new Observe(Analysis), proven);
        if (Last is not null)
            pipeline.Add("last", Last, proven);
        RunSetup setup = EngineRun.Setup() with { Run = new RecordingContext(_directory.Path, RunMode.Live).Run, Time = Time, Observers = [Events] };
        return PipelineRun.RunAsync(pipeline.Build(), Setup(setup));
    }

    /// <summary>What is said of a run whose deployment did not stay, after a look that it is gone.</summary>
    public async Task<UndoResult> UndoneAsync()
    {
        RunResult result = await RunAsync();
        UndoResult undo = Assert.Single(result.Undos);
        Assert.Null(undo.Failure);
        Assert.True(undo.Report!.Changed, undo.Report.Summary);
        Assert.Equal(Before, await Manifests.ShowAsync(File));
        Assert.Contains("is back at old (revert ", undo.Report.Summary, StringComparison.Ordinal);
        return undo;
    }

    /// <summary>Whether the manifest repository keeps the image out of the environment.</summary>
    public async Task<bool> BlocksAsync() => (await Manifests.RunAsync("ls-tree", "-r", "--name-only", "main")).Contains(".pipelines/blocked/order/staging.blocked", StringComparison.Ordinal);

    /// <summary>Somebody else, who deploys another tag or rewrites the branch.</summary>
    public async Task<string> PushByHandAsync(string content, bool rewrites = false, string branch = "main")
    {
        GitRepository other = await Manifests.CloneAsync(Path.Combine(_directory.Path, "hand-" + Guid.NewGuid().ToString("N")));
        if (rewrites)
            await other.RunAsync("checkout", "-q", "--orphan", "another-history");
        other.Write(File, content);
        string commit = await other.CommitAsync("by hand");
        await other.RunAsync("push", "-q", "--force", "origin", $"HEAD:refs/heads/{branch}");
        return commit;
    }

    public void Dispose()
    {
        _argoCd.Dispose();
        _service.Dispose();
        _directory.Dispose();
    }

    public static PublishedImage Image()
    {
        ImageReference reference = ImageReference.Parse($"registry.example.com/order:{Tag}");
        var built = new BuiltImage(reference, Digest, new ImageLocation.Registry(Digest), new SourceRevision(Tag, "main", null, [], Tag, default));
        return new PublishedImage(reference, Digest, new ScannedImage(built, new ScanResult("test", [], [], [])));
    }
}
