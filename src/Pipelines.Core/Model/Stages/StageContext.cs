using Pipelines.Core.Model;

namespace Pipelines.Core;

/// <summary>What a stage may use of the run it is part of: its log, the clock, secrets, and the facts of the run.</summary>
public sealed partial class StageContext
{
    private readonly IStageReporter _reporter;

    internal StageContext(string stageName, RunInfo run, IStageReporter reporter, ISecretResolver secrets, TimeProvider time)
    {
        StageName = stageName;
        Run = run;
        Secrets = secrets;
        Time = time;
        _reporter = reporter;
        Log = new StageLog(reporter);
    }

    /// <summary>The name the stage has in its pipeline.</summary>
    public string StageName { get; }

    /// <summary>The run: its id, its mode, the commit, the host.</summary>
    public RunInfo Run { get; }

    /// <summary>The stage's own log. Every line is masked before anything sees it.</summary>
    public StageLog Log { get; }

    /// <summary>Secrets by reference.</summary>
    public ISecretResolver Secrets { get; }

    /// <summary>The clock for every wait and timestamp.</summary>
    public TimeProvider Time { get; }

    /// <summary>What the run's secrets are masked with; null where nothing is.</summary>
    internal ITextMasker? Masker => _reporter.Masker;

    /// <summary>Cancelled when waiting politely is over: a second Ctrl-C. Processes are then killed at once.</summary>
    internal CancellationToken ForceToken { get; init; }

    /// <summary>The person at the terminal; null where there is none.</summary>
    internal ITerminal? Terminal { get; init; }

    /// <summary>The results of the tests that this run has done so far.</summary>
    internal Func<IReadOnlyList<TestResults>> Tests { get; init; } = () => [];

    /// <summary>Whether an earlier process of this run had what the stage takes, and did not give it back.</summary>
    internal bool IsRetaken { get; init; }

    /// <summary>Why an undo runs; null where none does.</summary>
    internal UndoCause? Undoing { get; init; }

    /// <summary>Records a fact of the run for the summary and for Slack, such as <c>digest</c> or <c>latency</c>. The last value of a name wins.</summary>
    /// <param name="name">A short lower-case name.</param>
    /// <param name="value">The value; masked.</param>
    public void Report(string name, string value) => _reporter.Report(new StageReport.Fact(name, value));

    /// <summary>Records test results for the summary and for <c>junit.xml</c>.</summary>
    /// <param name="results">The results.</param>
    public void Report(TestResults results) => _reporter.Report(new StageReport.Tests(results));

    /// <summary>Records the findings of a scan for the summary.</summary>
    /// <param name="result">The result of the scan.</param>
    public void Report(ScanResult result) => _reporter.Report(new StageReport.Scan(result));

    /// <summary>Records one measurement of an analysis that still goes on.</summary>
    /// <param name="metric">The metric's name.</param>
    /// <param name="measurement">The measurement.</param>
    public void Report(string metric, MetricMeasurement measurement) => _reporter.Report(new StageReport.Measured(metric, measurement));

    /// <summary>Records what an analysis of metrics came to, for the summary and the chart in the report.</summary>
    /// <param name="result">The verdict with every query and value.</param>
    public void Report(AnalysisResult result) => _reporter.Report(new StageReport.Analysis(result));
}
