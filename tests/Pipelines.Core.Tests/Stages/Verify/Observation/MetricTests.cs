namespace Pipelines.Core.Tests.Stages.Verify.Observation;

public class MetricTests
{
    [Fact]
    public void SuccessRate_Query_IsZeroWhereAllRequestsFail() => Assert.Equal(
        "1 - (sum(rate(http_requests_total{app=\"{app}\",environment=\"{environment}\",code=~\"5..\"}[300s])) or vector(0)) / sum(rate(http_requests_total{app=\"{app}\",environment=\"{environment}\"}[300s]))",
        Metric.SuccessRate(Threshold.AtLeast(0.99)).Query);

    [Fact]
    public void LatencyPercentile_Query_IsOfTheHistogramsBuckets()
    {
        Metric metric = Metric.LatencyPercentile(0.999, Threshold.AtMost(0.5), selector: "job=\"{app}\"", histogram: "latency", range: TimeSpan.FromMilliseconds(1500));
        Assert.Equal(("p99.9 latency", "histogram_quantile(0.999, sum by (le) (rate(latency_bucket{job=\"{app}\"}[1500ms])))", MetricUnit.Seconds), (metric.Name, metric.Query, metric.Unit));
    }

    [Fact]
    public void Restarts_Default_AllowsNone()
    {
        Metric metric = Metric.Restarts();
        Assert.Equal((0, "sum(increase(kube_pod_container_status_restarts_total{namespace=\"{environment}\",pod=~\"{app}-.*\"}[300s]))"), (metric.FailureLimit, metric.Query));
    }

    [Fact]
    public void New_BadInput_IsRefused()
    {
        Assert.Contains("has no query", Assert.Throws<InvalidUsageException>(() => new Metric("m", " ", Threshold.AtMost(1))).Message, StringComparison.Ordinal);
        Assert.Contains("no series had then", Assert.Throws<InvalidUsageException>(() => new Metric("m", "up{r=\"{revision}\"}", Threshold.AtMostTimesBaseline(2))).Message, StringComparison.Ordinal);
        Assert.Contains("between 0 and 1", Assert.Throws<InvalidUsageException>(() => Metric.LatencyPercentile(99, Threshold.AtMost(1))).Message, StringComparison.Ordinal);
        Assert.Contains("must be a number", Assert.Throws<InvalidUsageException>(() => Threshold.AtLeast(double.NaN)).Message, StringComparison.Ordinal);
        Assert.Contains("needs a positive value", Assert.Throws<InvalidUsageException>(() => Threshold.AtMostTimesBaseline(0)).Message, StringComparison.Ordinal);
        Assert.Contains("needs a positive value", Assert.Throws<InvalidUsageException>(() => Threshold.AtMostBelowBaseline(-1)).Message, StringComparison.Ordinal);
    }

    public static TheoryData<Threshold, double?, double?, double?, string> Thresholds => new()
    {
        { Threshold.AtLeast(0.99), 5, 0.99, null, "at least 99 %" },
        { Threshold.AtMost(0.5), null, null, 0.5, "at most 50 %" },
        { Threshold.AtMostTimesBaseline(1.5), 0.2, null, 0.3, "at most 1.5 times the value before the deployment" },
        { Threshold.AtMostTimesBaseline(1.5), null, null, null, "at most 1.5 times the value before the deployment" },
        { Threshold.AtMostTimesBaseline(1.5, orAtMost: 0.1), 0, null, 0.1, "at most 1.5 times the value before the deployment, or at most 10 %" },
        { Threshold.AtMostTimesBaseline(1.5, orAtMost: 0.1), 0.2, null, 0.3, "at most 1.5 times the value before the deployment, or at most 10 %" },
        { Threshold.AtMostTimesBaseline(1.5, orAtMost: 0.1), null, null, 0.1, "at most 1.5 times the value before the deployment, or at most 10 %" },
        { Threshold.AtMostTimesBaseline(1.5), -0.2, null, -0.1, "at most 1.5 times the value before the deployment" },
        { Threshold.AtMostAboveBaseline(0.1), 0.2, null, 0.3, "at most 10 % above the value before the deployment" },
        { Threshold.AtLeastTimesBaseline(0.9, orAtLeast: 0.5), 0.5, 0.45, null, "at least 0.9 times the value before the deployment, or at least 50 %" },
        { Threshold.AtMostBelowBaseline(0.01), 0.99, 0.98, null, "at most 1 % below the value before the deployment" },
    };

    [Theory]
    [MemberData(nameof(Thresholds))]
    public void Bounds_OfAThreshold_AreThoseItNames(Threshold threshold, double? baseline, double? lower, double? upper, string text)
    {
        (double? actualLower, double? actualUpper) = threshold.Bounds(baseline);
        Assert.Equal((lower, upper), (actualLower is null ? null : Math.Round(actualLower.Value, 9), actualUpper is null ? null : Math.Round(actualUpper.Value, 9)));
        Assert.Equal(text, threshold.Text(MetricUnit.Ratio));
    }
}
