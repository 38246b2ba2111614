using Pipelines.Core.Clients.Prometheus;
using Pipelines.Core.GitOps.Locks;
using Pipelines.Core.Model;
using Pipelines.Core.Stages.Verify.Observation;

namespace Pipelines.Core;

/// <summary>Watches a deployment's metrics for a while, and passes it on only if they kept to their thresholds. It belongs to the environment of the deployment: if it does not succeed, the deployment is undone.</summary>
/// <remarks>Nothing that could not be told counts as well: no data, no number and errors end in <see cref="AnalysisInconclusiveException"/>. What was seen is in the log, in the facts (<c>analysis</c>) and, as a chart, in the report.</remarks>
public sealed record Observe : IStage<ProvenDeployment, ProvenDeployment>, IDescribedStage
{
    /// <summary>Observes by an analysis.</summary>
    /// <param name="analysis">The metrics and their limits.</param>
    /// <exception cref="InvalidUsageException">The analysis is not usable.</exception>
    public Observe(Analysis analysis)
    {
        ArgumentNullException.ThrowIfNull(analysis);
        analysis.Check();
        Analysis = analysis;
    }

    /// <summary>The metrics and their limits.</summary>
    public Analysis Analysis { get; }

    /// <inheritdoc/>
    public string Description => $"{string.Join(", ", Analysis.Metrics.Select(metric => $"{metric.Name} {metric.Threshold.Text(metric.Unit)}"))}; every {Durations.Text(Analysis.Interval)} for {Durations.Text(Analysis.Length)}";

    /// <summary>Observes.</summary>
    /// <param name="input">The deployment.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AnalysisFailedException">A metric broke its threshold more often than it may.</exception>
    /// <exception cref="AnalysisInconclusiveException">Nothing could be told, and nobody accepted that.</exception>
    /// <exception cref="SecretNotFoundException">The credential is not where the target says.</exception>
    /// <exception cref="EnvironmentLockException">The run held a lock of the environment, and lost it.</exception>
    public Task<ProvenDeployment> RunAsync(ProvenDeployment input, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        return LockedWork.RunAsync(input.Deployment.Environment, context, token => ObserveAsync(input, context, token), cancellationToken);
    }

    private async Task<ProvenDeployment> ObserveAsync(ProvenDeployment input, StageContext context, CancellationToken cancellationToken)
    {
        PrometheusTarget target = Analysis.Prometheus;
        Secret? secret = (target.Token ?? target.Password) is { } reference ? await context.Secrets.GetAsync(reference, cancellationToken).ConfigureAwait(false) : null;
        var client = new PrometheusClient(target, secret, context.Time);
        var deployment = new ObservedDeployment(input.Deployment, context.Run.StartedAt, context.Time.GetUtcNow());
        var run = new AnalysisRun(Analysis, [.. Analysis.Metrics.Select(metric => new MetricRun(metric, Analysis, deployment, client, context.Time))], context);
        AnalysisResult result = await run.RunAsync(cancellationToken).ConfigureAwait(false);
        if (result.Verdict == AnalysisVerdict.Inconclusive && Analysis.WhenInconclusive is { } ask)
            result = await AskAsync(ask, result, context, cancellationToken).ConfigureAwait(false);

        string summary = Summary(result);
        context.Report(result);
        context.Report("analysis", summary);
        context.Log.Info(summary);
        return result switch
        {
            { Verdict: AnalysisVerdict.Pass } or { AcceptedBy: not null } => new ProvenDeployment(input.Deployment, $"{input.Proof}; {summary}"),
            { Verdict: AnalysisVerdict.Fail } => throw new AnalysisFailedException(input.Deployment.Environment, result),
            _ => throw new AnalysisInconclusiveException(input.Deployment.Environment, result, run.Error),
        };
    }

    private static async Task<AnalysisResult> AskAsync(
        Func<AnalysisResult, StageContext, CancellationToken, Task<InconclusiveDecision>> ask, AnalysisResult result, StageContext context, CancellationToken cancellationToken)
    {
        context.Log.Warning($"The analysis is inconclusive ({result.Reason}): a person is asked whether the deployment may stay.");
        InconclusiveDecision decision = await ask(result, context, cancellationToken).ConfigureAwait(false);
        context.Log.Info($"{decision.DecidedBy} {(decision.Accepted ? "accepted" : "refused")} it: {decision.Reason}");
        return decision.Accepted ? result with { AcceptedBy = $"{decision.DecidedBy}: {decision.Reason}" } : result with { Reason = $"{result.Reason}; {decision.DecidedBy} refused to let it stay: {decision.Reason}" };
    }

    private static string Summary(AnalysisResult result)
    {
        string values = string.Join(", ", result.Metrics.Select(metric => $"{metric.Name} {(metric.Measurements is [.., var last] ? MetricText.Of(last, metric.Unit) : "not measured")}"));
        return result.AcceptedBy is { } person ? $"inconclusive, accepted by {person}" : $"{MetricText.Word(result.Verdict)} after {Durations.Text(result.Duration)}: {(result.Verdict == AnalysisVerdict.Pass ? values : result.Reason)}";
    }
}
