using Pipelines.Core.Clients.Prometheus;
using Pipelines.Core.Model;

namespace Pipelines.Core.Stages.Verify.Observation;

/// <summary>Measures all metrics at each interval until the verdict is certain. Waits go by the monotonic clock, so that a clock that jumps changes nothing.</summary>
internal sealed class AnalysisRun(Analysis analysis, IReadOnlyList<MetricRun> metrics, StageContext context)
{
    private readonly HashSet<string> _notes = new(StringComparer.Ordinal);
    private readonly long _started = context.Time.GetTimestamp();

    /// <summary>The error underneath a verdict that nothing could be told; null where there is none.</summary>
    public PipelineException? Error => metrics.Select(metric => metric.Hopeless ?? (metric.Verdict == AnalysisVerdict.Inconclusive ? metric.LastError : null)).FirstOrDefault(error => error is not null);

    public async Task<AnalysisResult> RunAsync(CancellationToken cancellationToken)
    {
        foreach (MetricRun metric in metrics)
            context.Log.Info($"{metric.Metric.Name}: {metric.Metric.Threshold.Text(metric.Metric.Unit)} of {metric.Query}");
        context.Log.Info($"{analysis.Planned} measurements, one every {Durations.Text(analysis.Interval)}, the first after {Durations.Text(analysis.InitialDelay)}: {Durations.Text(analysis.Length)} in all.");
        try
        {
            if (analysis.InitialDelay > TimeSpan.Zero)
                await Task.WhenAll(metrics.Select(metric => metric.RehearseAsync(cancellationToken))).ConfigureAwait(false);
            TimeSpan due = analysis.InitialDelay;
            for (int number = 1; number <= analysis.Planned && Verdict() is null; number++)
            {
                TimeSpan now = context.Time.GetElapsedTime(_started);
                if (now < due)
                    await Task.Delay(due - now, context.Time, cancellationToken).ConfigureAwait(false);
                else
                    due = now; // a slow server or a suspended machine: the rest comes later, and not in one burst
                await MeasureAsync(number, cancellationToken).ConfigureAwait(false);
                due += analysis.Interval;
            }

            AnalysisVerdict verdict = Verdict() ?? AnalysisVerdict.Inconclusive;
            return Result(verdict, Reason(verdict));
        }
        catch (OperationCanceledException)
        {
            context.Report(Result(AnalysisVerdict.Inconclusive, $"cancelled after {Durations.Text(context.Time.GetElapsedTime(_started))}"));
            throw;
        }
    }

    private async Task MeasureAsync(int number, CancellationToken cancellationToken)
    {
        MetricMeasurement[] taken = await Task.WhenAll(metrics.Select(metric => metric.MeasureAsync(cancellationToken))).ConfigureAwait(false);
        for (int index = 0; index < taken.Length; index++)
        {
            (MetricRun run, MetricMeasurement measurement) = (metrics[index], taken[index]);
            string value = measurement.Value is { } known ? MetricText.Value(known, run.Metric.Unit) : "no value";
            string line = $"{number}/{analysis.Planned} {run.Metric.Name} {value} ({run.Metric.Threshold.Text(run.Metric.Unit)}): {MetricText.Word(measurement.Outcome)}{(measurement.Problem is null ? "" : $", {measurement.Problem}")}";
            if (measurement.Outcome == MeasurementOutcome.Pass)
                context.Log.Info(line);
            else
                context.Log.Warning(line);
            context.Report(run.Metric.Name, measurement);
            foreach (string note in run.Notes.Where(_notes.Add))
                context.Log.Warning($"Prometheus says about {run.Metric.Name}: {note}");
        }
    }

    /// <summary>The verdict, as soon as it can't become a pass, or is one. A failure stands over everything.</summary>
    private AnalysisVerdict? Verdict() =>
        metrics.Any(metric => metric.Verdict == AnalysisVerdict.Fail) ? AnalysisVerdict.Fail
        : metrics.Any(metric => metric.Verdict == AnalysisVerdict.Inconclusive) ? AnalysisVerdict.Inconclusive
        : metrics.All(metric => metric.Verdict == AnalysisVerdict.Pass) ? AnalysisVerdict.Pass
        : null;

    private string Reason(AnalysisVerdict verdict)
    {
        MetricResult[] results = [.. metrics.Where(metric => metric.Verdict == verdict).Select(metric => metric.Result())];
        return string.Join("; ", results.Select(metric => $"{metric.Name}: {metric.Reason}"));
    }

    private AnalysisResult Result(AnalysisVerdict verdict, string reason) =>
        new(PrometheusTargets.Name(analysis.Prometheus), verdict, reason, [.. metrics.Select(metric => metric.Result())]) { Duration = context.Time.GetElapsedTime(_started) };
}
