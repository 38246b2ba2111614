using Pipelines.Core;
using Pipelines.Core.Model;
using Pipelines.EndToEnd.Tests.Parts;
using Pipelines.Testing;

namespace Pipelines.EndToEnd.Tests;

/// <summary>A deployment observed by the real Prometheus, which scrapes an exporter of ours.</summary>
public class ObserveTests
{
    private static readonly TimeSpan s_range = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task RunAsync_RealPrometheus_TellsPassFailAndInconclusiveApart()
    {
        Machine.Require(PrometheusServer.Missing);
        await using var exporter = new Exporter();
        await using PrometheusServer server = await PrometheusServer.StartAsync(exporter);

        // healthy
        RecordingContext context = new();
        ProvenDeployment proven = await new Observe(Analysis(server)).RunAsync(Proven(), context.Context, default);
        AnalysisResult passed = Result(context);
        Assert.Equal((AnalysisVerdict.Pass, 4), (passed.Verdict, passed.Metrics[0].Measurements.Count));
        Assert.Equal(1, passed.Metrics[0].Measurements[^1].Value);
        Assert.InRange(passed.Metrics[1].Measurements[^1].Value!.Value, 0.05, 0.1);
        Assert.Contains("pass after", proven.Proof, StringComparison.Ordinal);

        // compared with the time before: the same query over a range
        RecordingContext compared = new(startedAt: DateTimeOffset.UtcNow);
        await new Observe(Analysis(server, Metric.LatencyPercentile(0.99, Threshold.AtMostTimesBaseline(1.5), range: s_range)) with { BaselineWindow = TimeSpan.FromSeconds(2) }).RunAsync(Proven(), compared.Context, default);
        Assert.InRange(Result(compared).Metrics[0].Baseline!.Value, 0.05, 0.1);

        // no such series, several series, and a query that nobody can read
        AnalysisInconclusiveException none = await Assert.ThrowsAsync<AnalysisInconclusiveException>(() => ObserveAsync(Analysis(server, new Metric("missing", "sum(rate(no_such_series_total[2s]))", Threshold.AtLeast(0)))));
        Assert.Contains("no data: the query matches no series", none.What, StringComparison.Ordinal);
        AnalysisInconclusiveException many = await Assert.ThrowsAsync<AnalysisInconclusiveException>(() => ObserveAsync(Analysis(server, new Metric("many", "last_over_time(http_requests_total{app=\"{app}\"}[5s])", Threshold.AtLeast(0))))); // also right after a scrape that a busy machine was late for
        Assert.True(many.What.Contains("2 series where one is expected", StringComparison.Ordinal), many.ToString());
        AnalysisInconclusiveException unreadable = await Assert.ThrowsAsync<AnalysisInconclusiveException>(() => ObserveAsync(Analysis(server, new Metric("unreadable", "sum(rate(", Threshold.AtLeast(0)))));
        Assert.Equal((PrometheusFailure.BadQuery, FailureKind.Usage), (Assert.IsType<PrometheusException>(unreadable.InnerException).Failure, unreadable.Kind));
        Assert.Contains("parse error", unreadable.InnerException!.Message, StringComparison.Ordinal);
        AnalysisInconclusiveException noNumber = await Assert.ThrowsAsync<AnalysisInconclusiveException>(() => ObserveAsync(Analysis(server, new Metric("nothing", "sum(http_requests_total) * 0 / 0", Threshold.AtLeast(0)))));
        Assert.Contains("the value is NaN", noNumber.What, StringComparison.Ordinal);

        // every request fails, and a counter of successes that stands still is not mistaken for "no data"
        exporter.Errors = 1;
        AnalysisFailedException failed = await Assert.ThrowsAsync<AnalysisFailedException>(() => ObserveAsync(Analysis(server) with { Count = 40 }));
        Assert.StartsWith("The analysis of order-service in staging failed: success rate:", failed.What, StringComparison.Ordinal);
        Assert.Contains("query:  1 - (sum(rate(http_requests_total{app=\"order-service\",environment=\"staging\",code=~\"5..\"}[5s]))", failed.Evidence, StringComparison.Ordinal);
        Assert.InRange(failed.Result.Metrics[0].Measurements[^1].Value!.Value, 0, 0.99);

        // killed in the middle
        exporter.Errors = 0;
        int taken = 0;
        var metric = new Metric("requests", "sum(rate(http_requests_total[5s]))", Threshold.AtLeast(0));
        RecordingContext dying = new();
        Task observing = new Observe(Analysis(server, metric) with { Count = 1000 }).RunAsync(Proven(), dying.Context, default);
        await Machine.UntilAsync(() => Task.FromResult((taken = dying.Reports.OfType<StageReport.Measured>().Count()) >= 2 || observing.IsCompleted), "two measurements");
        await server.KillAsync();
        AnalysisInconclusiveException down = await Assert.ThrowsAsync<AnalysisInconclusiveException>(() => observing);
        Assert.Contains("3 measurements in a row could not be taken, 2 may", down.What, StringComparison.Ordinal);
        Assert.True(down.Result.Metrics[0].Count(MeasurementOutcome.Pass) >= 2, "it measured before it was killed");
        Assert.Equal(PrometheusFailure.Unreachable, Assert.IsType<PrometheusException>(down.InnerException).Failure);
    }

    private static Analysis Analysis(PrometheusServer server, params Metric[] metrics) => new(
        server.Target,
        metrics.Length > 0 ? metrics : [Metric.SuccessRate(Threshold.AtLeast(0.99), range: s_range), Metric.LatencyPercentile(0.99, Threshold.AtMost(0.5), range: s_range)])
    {
        InitialDelay = TimeSpan.Zero,
        Interval = TimeSpan.FromMilliseconds(250),
        Count = 4,
        InconclusiveLimit = 1,
        ConsecutiveErrorLimit = 2,
    };

    private static Task<ProvenDeployment> ObserveAsync(Analysis analysis) => new Observe(analysis).RunAsync(Proven(), new RecordingContext().Context, default);

    private static AnalysisResult Result(RecordingContext context) => context.Reports.OfType<StageReport.Analysis>().Last().Result;

    private static ProvenDeployment Proven()
    {
        const string tag = "0123456789abcdef0123456789abcdef01234567";
        ImageReference reference = ImageReference.Parse($"registry.example.com/order-service:{tag}");
        var built = new BuiltImage(reference, "sha256:" + new string('1', 64), new ImageLocation.DockerEngine(), new SourceRevision(tag, "main", null, [], tag, default));
        var published = new PublishedImage(reference, "sha256:" + new string('2', 64), new ScannedImage(built, new ScanResult("none", [], [], [])));
        var environment = new DeploymentEnvironment { Name = "staging", App = "order-service", Manifest = new ManifestTarget { Repository = "x", File = "y" } };
        return new ProvenDeployment(new Deployment(published, environment, new string('a', 40), true, "old"), "200 from here");
    }
}
