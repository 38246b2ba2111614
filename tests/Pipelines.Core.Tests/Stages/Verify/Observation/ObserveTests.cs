using System.Globalization;
using Pipelines.Core.Model;
using Pipelines.Core.Tests.Clients;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Verify.Observation;

public class ObserveTests
{
    private const string Tag = "0123456789abcdef0123456789abcdef01234567";
    private static readonly TimeSpan s_requestTimeout = TimeSpan.FromSeconds(77);

    private readonly WaitlessTime _time = new(s_requestTimeout);

    [Fact]
    public async Task RunAsync_HealthyForHalfAnHour_Passes()
    {
        await using ScriptedServer server = Serve(_ => "0.9995");
        (ProvenDeployment proven, RecordingContext context) = await PassAsync(new Analysis(Target(server), Metric.SuccessRate(Threshold.AtLeast(0.99))));

        AnalysisResult result = Result(context);
        MetricResult metric = Assert.Single(result.Metrics);
        Assert.Equal((AnalysisVerdict.Pass, 30, 30, 0.99, "30 passed of 30 measurements"), (result.Verdict, metric.Measurements.Count, metric.Planned, metric.Lower, metric.Reason));
        Assert.Equal(TimeSpan.FromMinutes(30), _time.Elapsed);
        Assert.Equal("pass after 30 min: success rate 99.95 %", context.Fact("analysis"));
        Assert.Equal("200 from here; pass after 30 min: success rate 99.95 %", proven.Proof);
        Assert.Equal("staging", proven.Deployment.Environment.Name);
        Assert.Contains("1/30 success rate 99.95 % (at least 99 %): pass", context.LogText, StringComparison.Ordinal);
        Assert.Equal(30, context.Reports.OfType<StageReport.Measured>().Count());
        Assert.Contains("app=\"order-service\",environment=\"staging\",code=~\"5..\"", metric.Query, StringComparison.Ordinal);
        Assert.Equal([.. Enumerable.Range(1, 30).Select(minute => WaitlessTime.Start + TimeSpan.FromMinutes(minute))], metric.Measurements.Select(one => one.At));
    }

    [Fact]
    public async Task RunAsync_ThresholdBroken_FailsAtOnceWithQueryAndValues()
    {
        await using ScriptedServer server = Serve(number => number <= 6 ? "0.9995" : "0.8");
        AnalysisFailedException error = await FailAsync<AnalysisFailedException>(Short(server, Threshold.AtLeast(0.99)) with { FailureLimit = 1 });

        Assert.Equal("The analysis of order-service in staging failed: rate: 2 of 8 measurements broke the threshold, 1 may.", error.What);
        Assert.Contains("values: 0.9995, 0.9995, 0.9995, 0.9995, 0.9995, 0.9995, 0.8, 0.8\n", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("query:  rate{tag=\"" + Tag + "\"}", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("asked:  at least 0.99", error.Evidence, StringComparison.Ordinal);
        Assert.Equal(8, error.Result.Metrics[0].Measurements.Count);
        Assert.False(error.IsTransient);
        Assert.Equal(TimeSpan.FromMinutes(7), _time.Elapsed); // eight of thirty: it did not wait for the rest
    }

    [Fact]
    public async Task RunAsync_OneBadMeasurement_IsWithinTheLimit()
    {
        await using ScriptedServer server = Serve(number => number == 3 ? "0.5" : "1");
        (_, RecordingContext context) = await PassAsync(Short(server, Threshold.AtLeast(0.99)));
        Assert.Equal("29 passed, 1 failed of 30 measurements", Result(context).Metrics[0].Reason);
        Assert.Contains(context.Log, line => line is { Level: LogLevel.Warning, Text: "3/30 rate 0.5 (at least 0.99): fail" });
    }

    [Theory]
    [InlineData("[]", "no data: the query matches no series")]
    [InlineData("""[{"metric":{},"value":[1,"NaN"]}]""", "the value is NaN: nothing was counted in that time")]
    [InlineData("""[{"metric":{},"value":[1,"+Inf"]}]""", "the value is +Inf")]
    [InlineData("""[{"metric":{},"value":[1,"-Inf"]}]""", "the value is -Inf")]
    [InlineData("""[{"metric":{"pod":"a"},"value":[1,"1"]},{"metric":{"pod":"b"},"value":[1,"1"]}]""", "2 series where one is expected: {pod=\"a\"}, {pod=\"b\"}")]
    [InlineData("""[{"metric":{},"histogram":[1,{}]}]""", "no number: a histogram or an empty series")]
    public async Task RunAsync_NoNumber_IsInconclusiveAndNeverAPass(string vector, string problem)
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, Vector(vector)));
        AnalysisInconclusiveException error = await FailAsync<AnalysisInconclusiveException>(Short(server, Threshold.AtLeast(0)));

        Assert.Equal(AnalysisVerdict.Inconclusive, error.Result.Verdict);
        Assert.Contains($"4 of 4 measurements gave nothing to judge, 3 may; the last: {problem}", error.What, StringComparison.Ordinal);
        Assert.Contains("values: no value, no value, no value, no value", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("WhenInconclusive", error.Advice, StringComparison.Ordinal);
        Assert.Equal(FailureKind.Failed, error.Kind);
    }

    [Fact]
    public async Task RunAsync_EveryMeasurementInError_IsInconclusiveWhateverTheLimits()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(503, "down"));
        AnalysisInconclusiveException error = await FailAsync<AnalysisInconclusiveException>(Short(server, Threshold.AtMost(1)) with { ConsecutiveErrorLimit = 1000, InconclusiveLimit = 1000, FailureLimit = 1000 });
        Assert.Contains("15 in error of 30 measurements, and a pass needs more than half", error.What, StringComparison.Ordinal);
        Assert.IsType<PrometheusException>(error.InnerException);
    }

    [Fact]
    public async Task RunAsync_ErrorsInARow_EndIt()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(503, "down"));
        AnalysisInconclusiveException error = await FailAsync<AnalysisInconclusiveException>(Short(server, Threshold.AtMost(1)));
        Assert.Contains("5 measurements in a row could not be taken, 4 may; the last: Prometheus at", error.What, StringComparison.Ordinal);
        Assert.Contains("HTTP 503", error.What, StringComparison.Ordinal);
        Assert.Equal(FailureKind.Failed, error.Kind);
    }

    [Fact]
    public async Task RunAsync_ErrorsNowAndThen_StillPass()
    {
        int asked = 0;
        await using var server = new ScriptedServer((_, response) => response.Write(++asked % 3 == 0 ? 503 : 200, Vector(One("1"))));
        (_, RecordingContext context) = await PassAsync(Short(server, Threshold.AtLeast(1)));
        Assert.Equal("20 passed, 10 in error of 30 measurements", Result(context).Metrics[0].Reason);
    }

    [Theory]
    [InlineData(400, """{"status":"error","errorType":"bad_data","error":"1:5: parse error"}""", PrometheusFailure.BadQuery, FailureKind.Usage)]
    [InlineData(401, "", PrometheusFailure.Credential, FailureKind.MissingPrerequisite)]
    [InlineData(200, "<html>Sign in</html>", PrometheusFailure.NotPrometheus, FailureKind.Failed)]
    public async Task RunAsync_AskingAgainCannotHelp_EndsBeforeTheInitialDelay(int status, string body, PrometheusFailure failure, FailureKind kind)
    {
        await using var server = new ScriptedServer((_, response) => response.Write(status, body));
        AnalysisInconclusiveException error = await FailAsync<AnalysisInconclusiveException>(Short(server, Threshold.AtMost(1)) with { InitialDelay = TimeSpan.FromMinutes(5) });
        Assert.Equal((failure, kind), (Assert.IsType<PrometheusException>(error.InnerException).Failure, error.Kind));
        Assert.Equal(TimeSpan.Zero, _time.Elapsed);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task RunAsync_FailureBesideNoData_IsAFailure()
    {
        await using var server = new ScriptedServer((request, response) => response.Write(200, Vector(request.Path.Contains("bad", StringComparison.Ordinal) ? One("9") : "[]")));
        var analysis = new Analysis(Target(server), new Metric("none", "none", Threshold.AtMost(1)), new Metric("bad", "bad", Threshold.AtMost(1))) { FailureLimit = 0, InconclusiveLimit = 0 };
        AnalysisFailedException error = await FailAsync<AnalysisFailedException>(analysis);
        Assert.StartsWith("The analysis of order-service in staging failed: bad:", error.What, StringComparison.Ordinal);
        Assert.Equal(AnalysisVerdict.Inconclusive, error.Result.Metrics[0].Verdict);
    }

    [Fact]
    public async Task RunAsync_MetricThatDidNotFinish_SaysSo()
    {
        await using var server = new ScriptedServer((request, response) => response.Write(200, Vector(One(request.Path.Contains("bad", StringComparison.Ordinal) ? "9" : "0"))));
        AnalysisFailedException error = await FailAsync<AnalysisFailedException>(new Analysis(Target(server), new Metric("good", "good", Threshold.AtMost(1)), new Metric("bad", "bad", Threshold.AtMost(1))));
        Assert.Equal((AnalysisVerdict.Inconclusive, "ended early, 2 passed of 30 measurements"), (error.Result.Metrics[0].Verdict, error.Result.Metrics[0].Reason));
    }

    [Fact]
    public async Task RunAsync_Baseline_IsTheMedianOfTheTimeBeforeTheRun()
    {
        await using var server = new ScriptedServer((request, response) => response.Write(200, request.Path.Contains("query_range", StringComparison.Ordinal)
            ? """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"0.2"],[2,"NaN"],[3,"9"],[4,"0.1"]]}]}}"""
            : Vector(One("0.29"))));
        (_, RecordingContext context) = await PassAsync(Short(server, Threshold.AtMostTimesBaseline(1.5)), startedAt: WaitlessTime.Start - TimeSpan.FromMinutes(20));

        MetricResult metric = Assert.Single(Result(context).Metrics);
        Assert.Equal((0.2, 0.3), (metric.Baseline, Math.Round(metric.Upper!.Value, 9)));
        ScriptedServer.Request range = Assert.Single(server.Requests, request => request.Path.Contains("query_range", StringComparison.Ordinal));
        Assert.Contains("tag%3D%22old%22", range.Path, StringComparison.Ordinal); // the new tag had no series then
        long end = (WaitlessTime.Start - TimeSpan.FromMinutes(20)).ToUnixTimeSeconds();
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"&start={end - 1800}&end={end}&step=60&"), range.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_WorseThanBefore_Fails()
    {
        await using ScriptedServer server = ServeWithPast("0.2", "0.31");
        AnalysisFailedException error = await FailAsync<AnalysisFailedException>(Short(server, Threshold.AtMostTimesBaseline(1.5)));
        Assert.Contains("asked:  at most 1.5 times the value before the deployment (before the deployment: 0.2)", error.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NothingBefore_IsInconclusiveUnlessAFixedBoundIsKept()
    {
        await using var server = new ScriptedServer((request, response) => response.Write(200, request.Path.Contains("query_range", StringComparison.Ordinal)
            ? """{"status":"success","data":{"resultType":"matrix","result":[]}}""" : Vector(One("0.05"))));
        AnalysisInconclusiveException error = await FailAsync<AnalysisInconclusiveException>(Short(server, Threshold.AtMostTimesBaseline(1.5)));
        Assert.Contains("nothing to compare with: before the deployment no data: the query matches no series", error.What, StringComparison.Ordinal);

        await PassAsync(Short(server, Threshold.AtMostTimesBaseline(1.5, orAtMost: 0.1)));
    }

    [Fact]
    public async Task RunAsync_FirstDeployment_HasNoTagBefore()
    {
        await using ScriptedServer server = ServeWithPast("1", "1");
        var observe = new Observe(Short(server, Threshold.AtMostTimesBaseline(2)));
        AnalysisInconclusiveException error = await Assert.ThrowsAsync<AnalysisInconclusiveException>(() => observe.RunAsync(Proven(previous: null), Context().Context, default));
        Assert.Contains("the query has {tag}, and no tag was deployed before", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Count_TakesThatMany()
    {
        await using ScriptedServer server = Serve(_ => "1");
        (_, RecordingContext context) = await PassAsync(Short(server, Threshold.AtLeast(1)) with { Count = 3, Interval = TimeSpan.FromSeconds(10) });
        Assert.Equal(3, Result(context).Metrics[0].Measurements.Count);
        Assert.Equal(TimeSpan.FromSeconds(20), _time.Elapsed);
    }

    [Fact]
    public async Task RunAsync_ClockJumps_ChangeNothing()
    {
        int number = 0;
        await using ScriptedServer server = Serve(_ =>
        {
            _time.Jump(number++ % 2 == 0 ? TimeSpan.FromDays(400) : TimeSpan.FromDays(-800));
            return "1";
        });
        (_, RecordingContext context) = await PassAsync(Short(server, Threshold.AtLeast(1)));
        Assert.Equal((30, TimeSpan.FromMinutes(29)), (Result(context).Metrics[0].Measurements.Count, _time.Elapsed));
    }

    [Fact]
    public async Task RunAsync_MachineAsleep_DoesNotMeasureInABurst()
    {
        TimeSpan? first = null;
        bool slept = false;
        await using ScriptedServer server = Serve(_ =>
        {
            first ??= _time.Elapsed;
            if (!slept && _time.Elapsed > first) // during the second measurement, however many requests that took
            {
                slept = true;
                _time.Pass(TimeSpan.FromSeconds(70)); // within the request's time limit, and longer than the interval
            }

            return "1";
        });
        (_, RecordingContext context) = await PassAsync(Short(server, Threshold.AtLeast(1)) with { Count = 4, Interval = TimeSpan.FromSeconds(10) });
        DateTimeOffset[] at = [.. Result(context).Metrics[0].Measurements.Select(one => one.At)];
        Assert.Equal([80, 0, 10], [(at[1] - at[0]).TotalSeconds, (at[2] - at[1]).TotalSeconds, (at[3] - at[2]).TotalSeconds]);
    }

    [Fact]
    public async Task RunAsync_Cancelled_EndsAndReportsWhatItSaw()
    {
        using var cancel = new CancellationTokenSource();
        await using ScriptedServer server = Serve(number =>
        {
            if (number == 3)
                cancel.Cancel();
            return "1";
        });
        RecordingContext context = Context();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Observe(Short(server, Threshold.AtLeast(1))).RunAsync(Proven(), context.Context, cancel.Token));
        Assert.StartsWith("cancelled after", Result(context).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_PersonAcceptsInconclusive_PassesWithTheirName()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, Vector("[]")));
        AnalysisResult? asked = null;
        (ProvenDeployment proven, RecordingContext context) = await PassAsync(Short(server, Threshold.AtLeast(1)) with
        {
            WhenInconclusive = (result, _, _) =>
            {
                asked = result;
                return Task.FromResult(new InconclusiveDecision(true, "alice", "no traffic at night"));
            },
        });
        Assert.Equal(AnalysisVerdict.Inconclusive, asked!.Verdict);
        Assert.Equal("inconclusive, accepted by alice: no traffic at night", context.Fact("analysis"));
        Assert.EndsWith("accepted by alice: no traffic at night", proven.Proof, StringComparison.Ordinal);
        Assert.Equal(AnalysisVerdict.Inconclusive, Result(context).Verdict);
    }

    [Fact]
    public async Task RunAsync_PersonRefuses_Fails()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, Vector("[]")));
        AnalysisInconclusiveException error = await FailAsync<AnalysisInconclusiveException>(Short(server, Threshold.AtLeast(1)) with { WhenInconclusive = (_, _, _) => Task.FromResult(new InconclusiveDecision(false, "bob", "looks odd")) });
        Assert.Contains("bob refused to let it stay: looks odd", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FailedAnalysis_AsksNobody()
    {
        await using ScriptedServer server = Serve(_ => "0");
        await FailAsync<AnalysisFailedException>(Short(server, Threshold.AtLeast(1)) with { WhenInconclusive = (_, _, _) => throw new InvalidOperationException("asked") });
    }

    [Fact]
    public async Task RunAsync_ServerWarns_LogsItOnce()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, """{"status":"success","warnings":["partial response"],"data":{"resultType":"scalar","result":[1,"1"]}}"""));
        (_, RecordingContext context) = await PassAsync(Short(server, Threshold.AtLeast(1)));
        Assert.Single(context.Log, line => line.Text.Contains("partial response", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_Token_IsFetchedAndSent()
    {
        await using ScriptedServer server = Serve(_ => "1");
        var context = new RecordingContext(time: _time, secrets: new Dictionary<string, string> { ["env://T"] = "t0ken" });
        await new Observe(new Analysis(Target(server) with { Token = SecretReference.Parse("env://T") }, new Metric("m", "m", Threshold.AtLeast(1))) { Count = 1 }).RunAsync(Proven(), context.Context, default);
        Assert.All(server.Requests, request => Assert.Equal("Bearer t0ken", request["Authorization"]));
        Assert.DoesNotContain("t0ken", context.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public void New_UnusableAnalysis_SaysAllThatIsWrong()
    {
        var target = new PrometheusTarget { Server = new Uri("http://localhost:9090") };
        InvalidUsageException error = Assert.Throws<InvalidUsageException>(() => new Observe(new Analysis(target) { Interval = TimeSpan.Zero, InitialDelay = TimeSpan.FromHours(-1), Count = 0, FailureLimit = -1, BaselineWindow = TimeSpan.Zero }));
        foreach (string part in (string[])["it has no metric", "Interval is 0 ms", "InitialDelay is negative", "Count is 0", "a limit is negative", "BaselineWindow must be"])
            Assert.Contains(part, error.Evidence, StringComparison.Ordinal);
        Metric metric = new("m", "m", Threshold.AtMost(1));
        Assert.Contains("Window is 30 s, which is over before the first measurement", Assert.Throws<InvalidUsageException>(() => new Observe(new Analysis(target, metric) { Window = TimeSpan.FromSeconds(30) })).Message, StringComparison.Ordinal);
        Assert.Contains("2 metrics are called 'm'", Assert.Throws<InvalidUsageException>(() => new Observe(new Analysis(target, metric, metric))).Message, StringComparison.Ordinal);
        Assert.NotNull(new Observe(new Analysis(target, metric, metric with { Name = "other" })));
    }

    [Fact]
    public void Description_NamesMetricsAndTime() => Assert.Equal(
        "success rate at least 99 %, p99 latency at most 500 ms; every 1 min for 30 min",
        new Observe(new Analysis(new PrometheusTarget { Server = new Uri("http://localhost:9090") }, Metric.SuccessRate(Threshold.AtLeast(0.99)), Metric.LatencyPercentile(0.99, Threshold.AtMost(0.5)))).Description);

    private Analysis Short(ScriptedServer server, Threshold threshold) =>
        new(Target(server), new Metric("rate", "rate{tag=\"{tag}\"}", threshold)) { InitialDelay = TimeSpan.Zero, Window = TimeSpan.FromMinutes(29) };

    private static PrometheusTarget Target(ScriptedServer server) => new() { Server = server.Address, Timeout = s_requestTimeout };

    /// <summary>Answers instant queries by their number, from 1. The one before the initial delay is not counted where there is none.</summary>
    private static ScriptedServer Serve(Func<int, string> value)
    {
        int number = 0;
        return new ScriptedServer((_, response) => response.Write(200, Vector(One(value(++number)))));
    }

    private static ScriptedServer ServeWithPast(string past, string now) => new((request, response) => response.Write(200, request.Path.Contains("query_range", StringComparison.Ordinal)
        ? "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},\"values\":[[1,\"" + past + "\"]]}]}}" : Vector(One(now))));

    private static string Vector(string result) => "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":" + result + "}}";

    private static string One(string value) => $$"""[{"metric":{},"value":[1,"{{value}}"]}]""";

    private RecordingContext Context(DateTimeOffset? startedAt = null) => new(time: _time, startedAt: startedAt);

    private async Task<(ProvenDeployment Proven, RecordingContext Context)> PassAsync(Analysis analysis, DateTimeOffset? startedAt = null)
    {
        RecordingContext context = Context(startedAt);
        return (await new Observe(analysis).RunAsync(Proven(), context.Context, default), context);
    }

    private async Task<TException> FailAsync<TException>(Analysis analysis)
        where TException : Exception => await Assert.ThrowsAsync<TException>(() => new Observe(analysis).RunAsync(Proven(), Context().Context, default));

    private static AnalysisResult Result(RecordingContext context) => context.Reports.OfType<StageReport.Analysis>().Last().Result;

    private static ProvenDeployment Proven(string? previous = "old")
    {
        ImageReference reference = ImageReference.Parse($"registry.example.com/order-service:{Tag}");
        var built = new BuiltImage(reference, "sha256:" + new string('1', 64), new ImageLocation.DockerEngine(), new SourceRevision(Tag, "main", null, [], Tag, default));
        var published = new PublishedImage(reference, "sha256:" + new string('2', 64), new ScannedImage(built, new ScanResult("none", [], [], [])));
        var environment = new DeploymentEnvironment { Name = "staging", App = "order-service", Manifest = new ManifestTarget { Repository = "x", File = "y" } };
        return new ProvenDeployment(new Deployment(published, environment, new string('a', 40), true, previous), "200 from here");
    }
}
