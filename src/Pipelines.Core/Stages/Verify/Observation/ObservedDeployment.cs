namespace Pipelines.Core.Stages.Verify.Observation;

/// <summary>What queries need to know of the deployment.</summary>
internal sealed class ObservedDeployment(Deployment deployment, DateTimeOffset? runStarted, DateTimeOffset now)
{
    /// <summary>Where nobody knows when the run began. Longer than a deployment and its smoke test take, mostly.</summary>
    private static readonly TimeSpan Assumed = TimeSpan.FromMinutes(15);

    /// <summary>The last moment that is surely before the deployment.</summary>
    public DateTimeOffset BaselineEnd { get; } = runStarted is { } started && started < now ? started : now - Assumed;

    public string Fill(Metric metric) => Fill(metric, deployment.Image.Reference.Tag ?? deployment.Image.Digest);

    /// <summary>The query as it was before: of the tag that ran then. Null where there was none.</summary>
    public string? FillForBaseline(Metric metric)
    {
        if (!PromQl.Check(metric.Name, metric.Query).Contains("tag"))
            return Fill(metric, "");
        return deployment.PreviousTag is { Length: > 0 } previous ? Fill(metric, previous) : null;
    }

    private string Fill(Metric metric, string tag) => PromQl.Fill(metric.Name, metric.Query, new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["app"] = deployment.Environment.App,
        ["environment"] = deployment.Environment.Name,
        ["tag"] = tag,
        ["revision"] = deployment.Revision,
    });
}
