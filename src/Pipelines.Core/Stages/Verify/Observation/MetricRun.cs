using Pipelines.Core.Clients.Prometheus;
using Pipelines.Core.Model;

namespace Pipelines.Core.Stages.Verify.Observation;

/// <summary>One metric while it is observed: its query filled in, its measurements, and what they come to.</summary>
internal sealed class MetricRun(Metric metric, Analysis analysis, ObservedDeployment deployment, PrometheusClient client, TimeProvider time)
{
    private readonly List<MetricMeasurement> _measurements = [];
    private readonly string _query = deployment.Fill(metric);
    private double? _baseline;
    private string? _noBaseline;
    private bool _knowsBaseline = !metric.Threshold.ComparesWithBaseline;
    private int _errorsInARow;

    public Metric Metric => metric;

    public string Query => _query;

    /// <summary>What the server said beside its last answer.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    /// <summary>The error that no further measurement can mend; null while there is none.</summary>
    public PrometheusException? Hopeless { get; private set; }

    /// <summary>The error of the last measurement; null where it was taken.</summary>
    public PrometheusException? LastError { get; private set; }

    /// <summary>The verdict, as soon as it is certain.</summary>
    public AnalysisVerdict? Verdict => Decided?.Verdict;

    private (AnalysisVerdict Verdict, string Reason)? Decided { get; set; }

    /// <summary>Asks once before anything counts, so that a query that can't be read does not wait for its first turn.</summary>
    public async Task RehearseAsync(CancellationToken cancellationToken)
    {
        MetricMeasurement first = await TakeAsync(cancellationToken).ConfigureAwait(false);
        if (Hopeless is not null)
            Add(first);
    }

    /// <summary>Takes one measurement and judges it.</summary>
    public async Task<MetricMeasurement> MeasureAsync(CancellationToken cancellationToken)
    {
        MetricMeasurement measurement = await TakeAsync(cancellationToken).ConfigureAwait(false);
        Add(measurement);
        return measurement;
    }

    /// <summary>The metric as it stands.</summary>
    public MetricResult Result()
    {
        (double? lower, double? upper) = metric.Threshold.Bounds(_baseline);
        (AnalysisVerdict verdict, string reason) = Decided ?? (AnalysisVerdict.Inconclusive, $"ended early, {Counted()}");
        return new MetricResult(metric.Name, _query, metric.Threshold.Text(metric.Unit), verdict, reason, [.. _measurements])
        {
            Unit = metric.Unit,
            Lower = lower,
            Upper = upper,
            Baseline = _baseline,
            Planned = analysis.Planned,
        };
    }

    private async Task<MetricMeasurement> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!_knowsBaseline)
                await FindBaselineAsync(cancellationToken).ConfigureAwait(false);
            PrometheusAnswer answer = await client.QueryAsync(_query, cancellationToken).ConfigureAwait(false);
            Notes = answer.Notes;
            LastError = null;
            (double? value, string? problem) = AnswerValue.Of(answer);
            return value is { } number ? Judge(number) : new MetricMeasurement(time.GetUtcNow(), null, MeasurementOutcome.Inconclusive, problem);
        }
        catch (PrometheusException exception)
        {
            LastError = exception;
            if (exception.IsHopeless)
                Hopeless = exception;
            return new MetricMeasurement(time.GetUtcNow(), null, MeasurementOutcome.Error, $"{exception.What} {exception.Evidence?.Trim().Split('\n')[0]}".TrimEnd());
        }
    }

    private MetricMeasurement Judge(double value)
    {
        (double? lower, double? upper) = metric.Threshold.Bounds(_baseline);
        if (lower is null && upper is null)
            return new MetricMeasurement(time.GetUtcNow(), value, MeasurementOutcome.Inconclusive, $"nothing to compare with: {_noBaseline}");
        return new MetricMeasurement(time.GetUtcNow(), value, value < lower || value > upper ? MeasurementOutcome.Fail : MeasurementOutcome.Pass);
    }

    private async Task FindBaselineAsync(CancellationToken cancellationToken)
    {
        if (deployment.FillForBaseline(metric) is not { } query)
        {
            (_knowsBaseline, _noBaseline) = (true, "the query has {tag}, and no tag was deployed before");
            return;
        }

        DateTimeOffset end = deployment.BaselineEnd;
        TimeSpan step = analysis.BaselineWindow / 60 > analysis.Interval ? analysis.BaselineWindow / 60 : analysis.Interval;
        PrometheusAnswer answer = await client.QueryRangeAsync(query, end - analysis.BaselineWindow, end, step, cancellationToken).ConfigureAwait(false);
        (_baseline, _noBaseline) = AnswerValue.Median(answer);
        _knowsBaseline = true;
    }

    private void Add(MetricMeasurement measurement)
    {
        _measurements.Add(measurement);
        _errorsInARow = measurement.Outcome == MeasurementOutcome.Error ? _errorsInARow + 1 : 0;
        Decided ??= Decide();
    }

    private (AnalysisVerdict, string)? Decide()
    {
        int failures = Count(MeasurementOutcome.Fail), inconclusive = Count(MeasurementOutcome.Inconclusive), passes = Count(MeasurementOutcome.Pass);
        int failureLimit = metric.FailureLimit ?? analysis.FailureLimit;
        if (failures > failureLimit)
            return (AnalysisVerdict.Fail, $"{failures} of {Measurements(_measurements.Count)} broke the threshold, {(failureLimit == 0 ? "none" : failureLimit)} may");
        if (Hopeless is { } hopeless)
            return (AnalysisVerdict.Inconclusive, hopeless.What);
        if (_errorsInARow > analysis.ConsecutiveErrorLimit)
            return (AnalysisVerdict.Inconclusive, $"{Measurements(_errorsInARow)} in a row could not be taken, {(analysis.ConsecutiveErrorLimit == 0 ? "none" : analysis.ConsecutiveErrorLimit)} may; the last: {_measurements[^1].Problem}");
        if (inconclusive > analysis.InconclusiveLimit)
            return (AnalysisVerdict.Inconclusive, $"{inconclusive} of {Measurements(_measurements.Count)} gave nothing to judge, {(analysis.InconclusiveLimit == 0 ? "none" : analysis.InconclusiveLimit)} may; the last: {Problem()}");
        int left = Math.Max(0, analysis.Planned - _measurements.Count);
        if (left == 0 && passes * 2 > _measurements.Count)
            return (AnalysisVerdict.Pass, Counted());
        if ((passes + left) * 2 > Math.Max(analysis.Planned, _measurements.Count))
            return null;
        // A pass needs a majority, whatever the limits allow: otherwise a window full of errors could be one.
        return (failures >= _measurements.Count - passes - failures ? AnalysisVerdict.Fail : AnalysisVerdict.Inconclusive, $"{Counted()}, and a pass needs more than half");
    }

    private string Problem() => _measurements.FindLast(measurement => measurement.Problem is not null)?.Problem ?? "";

    private string Counted()
    {
        (int Count, string Word)[] counts =
        [
            (Count(MeasurementOutcome.Pass), "passed"), (Count(MeasurementOutcome.Fail), "failed"), (Count(MeasurementOutcome.Inconclusive), "inconclusive"), (Count(MeasurementOutcome.Error), "in error"),
        ];
        string words = string.Join(", ", counts.Where(one => one.Count > 0).Select(one => $"{one.Count} {one.Word}"));
        return _measurements.Count == 0 ? "nothing was measured yet" : $"{words} of {Measurements(analysis.Planned)}";
    }

    private int Count(MeasurementOutcome outcome) => _measurements.Count(measurement => measurement.Outcome == outcome);

    private static string Measurements(int count) => count == 1 ? "1 measurement" : $"{count} measurements";
}
