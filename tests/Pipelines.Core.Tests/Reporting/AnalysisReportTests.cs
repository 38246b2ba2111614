using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Pipelines.Core.Hosts;
using Pipelines.Core.Reporting;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Reporting;

/// <summary>An analysis in every report: the verdict, always with the query and the values.</summary>
public sealed class AnalysisReportTests : IDisposable
{
    private static readonly CiHost Local = new() { Name = "local", IsCi = false };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void EventsFile_Analysis_HoldsEveryQueryAndValue()
    {
        using var file = new EventsFile(_directory.Path);
        Observe(Mixed(), fails: true, file);
        file.Dispose();
        JsonElement[] reported = [.. _directory.Read("events.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).Where(one => one.GetProperty("event").GetString() == "stage-reported")];
        JsonElement measurement = reported[0].GetProperty("measurement");
        Assert.Equal(("success rate", 0.5, "fail"), (measurement.GetProperty("metric").GetString(), measurement.GetProperty("value").GetDouble(), measurement.GetProperty("outcome").GetString()));
        JsonElement analysis = reported[1].GetProperty("analysis");
        Assert.Equal("fail", analysis.GetProperty("verdict").GetString());
        JsonElement metric = analysis.GetProperty("metrics")[0];
        Assert.Equal("1 - errors{a=\"b\"} / all", metric.GetProperty("query").GetString());
        Assert.Equal([0.999, 0.5], metric.GetProperty("measurements").EnumerateArray().Where(one => one.TryGetProperty("value", out _)).Select(one => one.GetProperty("value").GetDouble()));
        Assert.Equal("HTTP 503", metric.GetProperty("measurements")[1].GetProperty("problem").GetString());
        Assert.Equal(0.99, metric.GetProperty("lower").GetDouble());
    }

    [Fact]
    public void ConsoleSummary_Pass_ShowsQueryAndValues()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        Observe(Steady(), fails: false, new PlainConsole(output, Local, color: false));
        Assert.Contains("Analysis of observe staging: pass by https://prometheus.example.com\n  ✓ p99 latency: at most 1.5 times the value before the deployment; 3 passed of 3 measurements\n    85 ms, 90 ms, 88.5 ms\n    histogram_quantile(0.99, x)\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void SummaryFile_Failure_ShowsQueryAndValues()
    {
        Observe(Mixed(), fails: true, new SummaryFile(_directory.Path, Local));
        string text = _directory.Read("summary.md");
        Assert.Contains("### ✗ Analysis of observe staging: fail\n", text, StringComparison.Ordinal);
        Assert.Contains("| success rate | ✗ fail: 1 of 3 broke the threshold | at least 99 % | 99.9 %, error, 50 % | <code>1 - errors{a=\"b\"} / all</code> |", text, StringComparison.Ordinal);
        Assert.Contains("analysis fail: success rate 50 %", text, StringComparison.Ordinal);
    }

    [Fact]
    public void HtmlReport_Chart_DrawsThresholdAndEachMeasurement()
    {
        Observe(Mixed(), fails: true, new HtmlReport(_directory.Path));
        XElement svg = Charts().Single();
        Assert.Equal("img", svg.Attribute("role")!.Value);
        Assert.Contains("99.9 %, error, 50 %", svg.Attribute("aria-label")!.Value, StringComparison.Ordinal);
        Assert.Single(svg.Elements("line"), line => line.Attribute("class")!.Value == "limit");
        Assert.Equal("at least 99 %", svg.Elements("text").Single(text => text.Attribute("class")?.Value == "limit-text").Value);
        Assert.Equal(["p", "n", "f"], svg.Elements().Where(one => one.Element("title") is not null).Select(one => one.Attribute("class")!.Value));
        Assert.Equal(2, svg.Elements("path").Single(path => path.Attribute("class")!.Value == "line").Attribute("d")!.Value.Count(character => character == 'M')); // the gap is a gap
        Assert.Contains("ended after 3 of 30", svg.Value, StringComparison.Ordinal);
        double limit = double.Parse(svg.Elements("line").Single(line => line.Attribute("class")!.Value == "limit").Attribute("y1")!.Value, CultureInfo.InvariantCulture);
        double good = double.Parse(svg.Element("circle")!.Attribute("cy")!.Value, CultureInfo.InvariantCulture);
        Assert.True(good < limit, "99.9 % is drawn above the line of 99 %");
    }

    [Fact]
    public void HtmlReport_Baseline_IsALineOfItsOwn()
    {
        Observe(Steady(), fails: false, new HtmlReport(_directory.Path));
        Assert.Single(Charts().Single().Elements("line"), line => line.Attribute("class")!.Value == "base");
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1e-9, 1e-9)]
    [InlineData(-5, -5)]
    [InlineData(1e300, -1e300)]
    [InlineData(double.MaxValue, double.MinValue)]
    public void HtmlReport_AnyValues_GiveAWellFormedChart(double first, double second)
    {
        Observe(Result(new MetricResult("m", "q", "t", AnalysisVerdict.Pass, "r", [At(0, first), At(1, second)]) { Planned = 2, Upper = 1 }), fails: false, new HtmlReport(_directory.Path));
        XElement svg = Charts().Single();
        Assert.DoesNotContain("NaN", svg.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("∞", svg.ToString(), StringComparison.Ordinal);
        Assert.InRange(svg.Elements("line").Count(line => line.Attribute("class")!.Value == "grid"), 0, 12);
    }

    [Fact]
    public void HtmlReport_HostileNames_StayText()
    {
        const string hostile = "\"><script>alert(1)</script>";
        MetricMeasurement measurement = new(FakeRun.Start, null, MeasurementOutcome.Error, hostile);
        Observe(new AnalysisResult(hostile, AnalysisVerdict.Inconclusive, hostile, [new(hostile, hostile, hostile, AnalysisVerdict.Inconclusive, hostile, [measurement])]) { AcceptedBy = hostile }, fails: false, new HtmlReport(_directory.Path));
        Assert.DoesNotContain("<script", _directory.Read("report.html"), StringComparison.OrdinalIgnoreCase);
        Assert.Single(Charts());
    }

    private static AnalysisResult Mixed() => Result(new MetricResult(
        "success rate", "1 - errors{a=\"b\"} / all", "at least 99 %", AnalysisVerdict.Fail, "1 of 3 broke the threshold",
        [At(0, 0.999), new MetricMeasurement(FakeRun.Start, null, MeasurementOutcome.Error, "HTTP 503"), At(2, 0.5, MeasurementOutcome.Fail)])
    { Unit = MetricUnit.Ratio, Lower = 0.99, Planned = 30 });

    private static AnalysisResult Steady() => Result(new MetricResult(
        "p99 latency", "histogram_quantile(0.99, x)", "at most 1.5 times the value before the deployment", AnalysisVerdict.Pass, "3 passed of 3 measurements", [At(0, 0.085), At(1, 0.09), At(2, 0.0885)])
    { Unit = MetricUnit.Seconds, Upper = 0.12, Baseline = 0.08, Planned = 3 });

    private static MetricMeasurement At(int minute, double value, MeasurementOutcome outcome = MeasurementOutcome.Pass) => new(FakeRun.Start + TimeSpan.FromMinutes(minute), value, outcome);

    private static AnalysisResult Result(MetricResult metric) => new("https://prometheus.example.com", metric.Verdict, metric.Reason, [metric]) { Duration = TimeSpan.FromMinutes(3) };

    private void Observe(AnalysisResult result, bool fails, params IRunObserver[] observers)
    {
        var plan = new PlanOf("demo");
        PlannedStage stage = plan.Add("observe staging");
        FakeRun run = new FakeRun(plan.Plan, FakeRun.Info(_directory.Path), observers).Begin(stage).At(180)
            .Report(stage, new StageReport.Measured(result.Metrics[0].Name, result.Metrics[0].Measurements[^1])).Report(stage, new StageReport.Analysis(result));
        (fails ? run.Fail(stage, result.Reason) : run.End(stage)).Finish();
    }

    private IEnumerable<XElement> Charts()
    {
        string html = _directory.Read("report.html");
        return XDocument.Parse(html[html.IndexOf("<body", StringComparison.Ordinal)..].Replace("</html>", "", StringComparison.Ordinal).Replace(" open>", ">", StringComparison.Ordinal)).Descendants("svg");
    }
}
