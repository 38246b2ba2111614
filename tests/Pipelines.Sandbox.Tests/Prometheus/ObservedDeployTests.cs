using Pipelines.Core;
using Pipelines.Core.Engine;
using Pipelines.Core.Model;
using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests.Prometheus;

/// <summary>A deploy that is observed, through the sandbox's wire protocols and real git: a verdict that is no pass takes the commit back.</summary>
public class ObservedDeployTests
{
    private const string Tag = "0123456789abcdef0123456789abcdef01234567";

    [Theory]
    [InlineData(SandboxFaults.None, null)]
    [InlineData(SandboxFaults.Metrics, nameof(AnalysisFailedException))]
    [InlineData(SandboxFaults.MetricsInconclusive, nameof(AnalysisInconclusiveException))]
    public async Task RunAsync_Verdict_DecidesWhatStaysDeployed(SandboxFaults faults, string? error)
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync(faults);
        LocalSandbox sandbox = fixture.Sandbox;
        string before = fixture.Git("show", "main:apps/order-service/values-staging.yaml");
        RecordingContext context = new(fixture.Folder, secrets: new Dictionary<string, string> { ["env://ARGO"] = sandbox.ArgoCdToken.Reveal(), ["env://PROM"] = sandbox.PrometheusToken.Reveal() }, startedAt: DateTimeOffset.UtcNow);
        var staging = new DeploymentEnvironment
        {
            Name = "staging",
            App = "order-service",
            Manifest = new ManifestTarget { Repository = sandbox.ManifestRepository, File = "apps/order-service/values-staging.yaml" },
            ArgoCd = new ArgoCdTarget { Server = sandbox.ArgoCd, Application = sandbox.ArgoCdApplication("staging"), Token = SecretReference.Parse("env://ARGO") },
        };
        var analysis = new Analysis(
            new PrometheusTarget { Server = sandbox.Prometheus, Token = SecretReference.Parse("env://PROM") },
            Metric.SuccessRate(Threshold.AtLeast(0.99)),
            Metric.LatencyPercentile(0.99, Threshold.AtMostTimesBaseline(1.5, orAtMost: 0.2)),
            Metric.Restarts())
        { InitialDelay = TimeSpan.Zero, Interval = TimeSpan.FromMilliseconds(1), Count = 5 };
        var pipeline = new PipelineBuilder("order-service");
        StageHandle<PublishedImage> image = pipeline.Add("image", (_, _) => Task.FromResult(Image()));
        StageHandle<Deployment> deployed = pipeline.Add("deploy staging", new DeployManifest(staging), image);
        StageHandle<Deployment> synced = pipeline.Add("sync staging", new ArgoCdSync(), deployed);
        StageHandle<ProvenDeployment> smoke = pipeline.Add("smoke staging", new SmokeTest(sandbox.Workload("staging").AbsoluteUri + "/health") { VersionJsonKey = "version" }, synced);
        pipeline.Add("observe staging", new Observe(analysis), smoke);

        RunResult result = await PipelineRun.RunAsync(pipeline.Build(), new RunSetup { Run = context.Run, Secrets = context.Context.Secrets, Masker = new NoMasker(), Time = TimeProvider.System, Jobs = 2 });

        string now = fixture.Git("show", "main:apps/order-service/values-staging.yaml");
        if (error is null)
        {
            Assert.Equal((0, 0), (result.ExitCode, result.Undos.Count));
            Assert.Contains(Tag, now, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(error, Assert.IsType<StageOutcome.Failed>(result.Stages.Single(stage => stage.Stage.Name == "observe staging").Outcome).Failure.ErrorType);
        UndoResult undo = Assert.Single(result.Undos);
        Assert.Equal(("deploy staging", "observe staging", true), (undo.Stage, undo.Because, undo.Report?.Changed));
        Assert.Equal(before, now);
    }

    private static PublishedImage Image()
    {
        ImageReference reference = ImageReference.Parse($"registry.example.com/order-service:{Tag}");
        var built = new BuiltImage(reference, "sha256:" + new string('1', 64), new ImageLocation.DockerEngine(), new SourceRevision(Tag, "main", null, [], Tag, default));
        return new PublishedImage(reference, "sha256:" + new string('2', 64), new ScannedImage(built, new ScanResult("none", [], [], [])));
    }

    private sealed class NoMasker : ITextMasker
    {
        public string Mask(string text) => text;
    }
}
