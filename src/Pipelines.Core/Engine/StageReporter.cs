using Pipelines.Core.Model;

namespace Pipelines.Core.Engine;

/// <summary>Turns what a stage says into events, masked, a line at a time.</summary>
internal sealed class StageReporter(PlannedStage stage, EventHub hub) : IStageReporter
{
    private readonly List<StageReport> _reports = [];

    /// <summary>Whether the stage has ended. The hub alone sets and reads it, under its lock.</summary>
    public bool IsClosed { get; set; }

    public ITextMasker Masker => hub.Masker;

    /// <summary>What the stage reported, masked, for the journal.</summary>
    public IReadOnlyList<StageReport> Reports
    {
        get
        {
            lock (_reports)
                return [.. _reports];
        }
    }

    public void Close() => hub.Close(this);

    public void Log(LogLevel level, string message)
    {
        string masked = hub.Masker.Mask(message); // before it is cut into lines: a secret may have several
        if (!masked.AsSpan().ContainsAny('\r', '\n'))
        {
            Publish(level, masked);
            return;
        }

        foreach (string line in masked.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'))
            Publish(level, line);
    }

    public void LogMasked(LogLevel level, string line) => Publish(level, line);

    public void Report(StageReport report)
    {
        StageReport masked = Masked(report);
        lock (_reports)
            _reports.Add(masked);
        hub.Publish(new RunEvent.StageReported(hub.Now, stage, masked), this);
    }

    private void Publish(LogLevel level, string line) => hub.Publish(new RunEvent.StageLogged(hub.Now, stage, level, line), this);

    private StageReport Masked(StageReport report) => report switch
    {
        StageReport.Fact fact => new StageReport.Fact(fact.Name, Mask(fact.Value)),
        StageReport.Tests tests => new StageReport.Tests(tests.Results with
        {
            Failures = [.. tests.Results.Failures.Select(failure => new TestFailure(Mask(failure.Name), Mask(failure.Message), MaskOrNull(failure.Details)))],
        }),
        StageReport.Scan scan => new StageReport.Scan(scan.Result with
        {
            Scanner = Mask(scan.Result.Scanner),
            Findings = Masked(scan.Result.Findings),
            Blocking = Masked(scan.Result.Blocking),
            Ignored = Masked(scan.Result.Ignored),
        }),
        StageReport.Measured measured => new StageReport.Measured(Mask(measured.Metric), Masked(measured.Measurement)),
        StageReport.Analysis analysis => new StageReport.Analysis(analysis.Result with
        {
            Source = Mask(analysis.Result.Source),
            Reason = Mask(analysis.Result.Reason),
            AcceptedBy = MaskOrNull(analysis.Result.AcceptedBy),
            Metrics = [.. analysis.Result.Metrics.Select(Masked)],
        }),
        _ => throw new InvalidOperationException($"a report of an unknown kind: {report.GetType().Name}"),
    };

    private IReadOnlyList<Finding> Masked(IReadOnlyList<Finding> findings) => [.. findings.Select(Masked)];

    private Finding Masked(Finding finding) => new(
        Mask(finding.Id), finding.Severity, Mask(finding.Package), Mask(finding.InstalledVersion), MaskOrNull(finding.FixedVersion), Mask(finding.Title), Mask(finding.Target));

    private MetricResult Masked(MetricResult metric) => metric with
    {
        Name = Mask(metric.Name),
        Query = Mask(metric.Query),
        Threshold = Mask(metric.Threshold),
        Reason = Mask(metric.Reason),
        Measurements = [.. metric.Measurements.Select(Masked)],
    };

    private MetricMeasurement Masked(MetricMeasurement measurement) => measurement with { Problem = MaskOrNull(measurement.Problem) };

    private string? MaskOrNull(string? text) => text is null ? null : Mask(text);

    private string Mask(string text) => hub.Masker.Mask(text);
}
