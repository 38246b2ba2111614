using System.Globalization;
using Pipelines.Core.Stages.Verify.Observation;

namespace Pipelines.Core;

/// <summary>A query whose one value is held against a threshold while a deployment is observed.</summary>
public sealed record Metric
{
    private const string DefaultSelector = "app=\"{app}\",environment=\"{environment}\"";

    /// <summary>A metric from any PromQL query.</summary>
    /// <param name="name">A short name, such as <c>queue length</c>.</param>
    /// <param name="query">PromQL that gives one number. In quoted strings <c>{app}</c>, <c>{environment}</c>, <c>{tag}</c> and <c>{revision}</c> (the commit of the manifest repository) are filled in, escaped.</param>
    /// <param name="threshold">What is asked of its value.</param>
    /// <exception cref="InvalidUsageException">The query is empty, or a placeholder is unknown or not in quotes.</exception>
    public Metric(string name, string query, Threshold threshold)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(threshold);
        if (string.IsNullOrWhiteSpace(query))
            throw new InvalidUsageException($"The metric '{name}' has no query.", null, "Give it PromQL that gives one number, such as sum(rate(errors_total[5m])).");
        if (PromQl.Check(name, query).Contains("revision") && threshold.ComparesWithBaseline)
            throw new InvalidUsageException($"The metric '{name}' can't be compared with the time before the deployment: its query has {{revision}}, which no series had then.", "  " + query, "Leave {revision} out, use {tag}, for which the tag before is asked, or give it a fixed threshold.");
        (Name, Query, Threshold) = (name, query.Trim(), threshold);
    }

    /// <summary>Its name.</summary>
    public string Name { get; init; }

    /// <summary>The query with its placeholders.</summary>
    public string Query { get; }

    /// <summary>What is asked of its value.</summary>
    public Threshold Threshold { get; }

    /// <summary>How its values are written for people.</summary>
    /// <value>plain numbers</value>
    public MetricUnit Unit { get; init; }

    /// <summary>How many of its measurements may break the threshold; null for <see cref="Analysis.FailureLimit"/>.</summary>
    /// <value>null</value>
    public int? FailureLimit { get; init; }

    /// <summary>The share of requests that did not end in an error of the server.</summary>
    /// <param name="threshold">Such as <c>Threshold.AtLeast(0.99)</c>.</param>
    /// <param name="selector">The labels of the service's series.</param>
    /// <param name="counter">The counter of its requests.</param>
    /// <param name="errors">The label that tells a failed request.</param>
    /// <param name="range">The time that the rate is taken over; null for 5 minutes. At least four scrapes long.</param>
    /// <remarks>Without requests it is no number (inconclusive); where all fail it is 0 and never "no data".</remarks>
    public static Metric SuccessRate(Threshold threshold, string selector = DefaultSelector, string counter = "http_requests_total", string errors = "code=~\"5..\"", TimeSpan? range = null)
    {
        string over = Range(range);
        // vector(0): a series of errors that was never counted is no error; dividing by no requests gives NaN, and by no series nothing
        return new Metric("success rate", $"1 - (sum(rate({counter}{{{Joined(selector, errors)}}}[{over}])) or vector(0)) / sum(rate({counter}{{{selector}}}[{over}]))", threshold) { Unit = MetricUnit.Ratio };
    }

    /// <summary>A percentile of the time that requests take, from a histogram.</summary>
    /// <param name="percentile">Such as 0.99.</param>
    /// <param name="threshold">In seconds, such as <c>Threshold.AtMost(0.5)</c>.</param>
    /// <param name="selector">The labels of the service's series.</param>
    /// <param name="histogram">The histogram, without <c>_bucket</c>.</param>
    /// <param name="range">The time that the rate is taken over; null for 5 minutes.</param>
    /// <exception cref="InvalidUsageException">The percentile is not between 0 and 1.</exception>
    public static Metric LatencyPercentile(double percentile, Threshold threshold, string selector = DefaultSelector, string histogram = "http_request_duration_seconds", TimeSpan? range = null)
    {
        if (percentile is not (> 0 and < 1))
            throw new InvalidUsageException("The percentile of a latency must lie between 0 and 1.", string.Create(CultureInfo.InvariantCulture, $"  {percentile}"), "Write 0.99 for the 99th percentile.");
        string quantile = percentile.ToString("0.#####", CultureInfo.InvariantCulture);
        return new Metric(
            string.Create(CultureInfo.InvariantCulture, $"p{percentile * 100:0.###} latency"),
            $"histogram_quantile({quantile}, sum by (le) (rate({histogram}_bucket{{{selector}}}[{Range(range)}])))",
            threshold)
        { Unit = MetricUnit.Seconds };
    }

    /// <summary>How often containers of the service started again, as kube-state-metrics counts it.</summary>
    /// <param name="threshold">Null for none at all.</param>
    /// <param name="selector">The labels of the pods' series.</param>
    /// <param name="range">The time that is looked back; null for 5 minutes.</param>
    public static Metric Restarts(Threshold? threshold = null, string selector = "namespace=\"{environment}\",pod=~\"{app}-.*\"", TimeSpan? range = null) =>
        new("restarts", $"sum(increase(kube_pod_container_status_restarts_total{{{selector}}}[{Range(range)}]))", threshold ?? Threshold.AtMost(0)) { FailureLimit = 0 };

    private static string Joined(string selector, string label) => string.IsNullOrWhiteSpace(selector) ? label : $"{selector},{label}";

    private static string Range(TimeSpan? range)
    {
        long milliseconds = (long)(range ?? TimeSpan.FromMinutes(5)).TotalMilliseconds;
        return (milliseconds % 1000 == 0 ? milliseconds / 1000 : milliseconds).ToString(CultureInfo.InvariantCulture) + (milliseconds % 1000 == 0 ? "s" : "ms");
    }
}
