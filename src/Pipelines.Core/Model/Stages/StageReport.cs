namespace Pipelines.Core;

/// <summary>Something a stage has to say beside its log: a fact, test results, findings.</summary>
public abstract record StageReport
{
    private StageReport() { }

    /// <summary>A named fact of the run.</summary>
    /// <param name="Name">A short lower-case name.</param>
    /// <param name="Value">The value.</param>
    public sealed record Fact(string Name, string Value) : StageReport;

    /// <summary>The results of a test run.</summary>
    /// <param name="Results">Counts and failures.</param>
    public sealed record Tests(TestResults Results) : StageReport;

    /// <summary>The result of a scan.</summary>
    /// <param name="Result">The findings.</param>
    public sealed record Scan(ScanResult Result) : StageReport;

    /// <summary>One measurement of an analysis that still goes on.</summary>
    /// <param name="Metric">The metric's name.</param>
    /// <param name="Measurement">The measurement.</param>
    public sealed record Measured(string Metric, MetricMeasurement Measurement) : StageReport;

    /// <summary>The result of an analysis of metrics.</summary>
    /// <param name="Result">The verdict with every query and value.</param>
    public sealed record Analysis(AnalysisResult Result) : StageReport;
}
