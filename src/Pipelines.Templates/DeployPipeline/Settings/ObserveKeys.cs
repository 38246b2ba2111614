using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>What a deployment's metrics are held against. An analysis of the script (<see cref="DeployEnvironment.Analysis"/>) wins over all of it.</summary>
internal sealed class ObserveKeys(SettingsSchema schema)
{
    public Setting<TimeSpan> Window { get; } = schema.Duration("observe.window", "how long a deployment's metrics are watched", "30m");

    public Setting<TimeSpan> Interval { get; } = schema.Duration("observe.interval", "the time from one measurement to the next", "1m");

    public Setting<TimeSpan> InitialDelay { get; } = schema.Duration("observe.initial-delay", "the time before the first measurement", "1m");

    public Setting<int> FailureLimit { get; } = schema.Number("observe.failure-limit", "how many measurements of a metric may break its threshold", 1, 0, 10_000);

    public Setting<int> InconclusiveLimit { get; } = schema.Number("observe.inconclusive-limit", "how many measurements of a metric may give no number", 3, 0, 10_000);

    public Setting<int> ErrorLimit { get; } = schema.Number("observe.error-limit", "how many measurements in a row may fail to be taken", 4, 0, 10_000);

    public Setting<double> SuccessRate { get; } = schema.Share("observe.success-rate", "the least share of requests without an error of the server; 0 to leave this metric out", "0.99");

    public Setting<string> Selector { get; } = schema.Text("observe.selector", "the labels of the service's series; may hold {app} and {environment} in quotes", "app=\"{app}\",environment=\"{environment}\"");

    public Setting<TimeSpan> Latency { get; } = schema.Duration("observe.latency", "the longest that a request may take, at observe.latency-percentile; not watched where not set", null);

    public Setting<double> LatencyPercentile { get; } = schema.Share("observe.latency-percentile", "the share of requests that must be as fast as observe.latency", "0.99");

    public Setting<bool> Restarts { get; } = schema.Flag("observe.restarts", "whether a container that starts again fails the deployment (needs kube-state-metrics)", false);

    public Setting<string> Query { get; } = schema.Text("observe.query", "a PromQL query of your own that gives one number; may hold {app}, {environment} and {tag} in quotes");

    public Setting<double> QueryAtLeast { get; } = schema.Decimal("observe.query-at-least", "the least value of observe.query");

    public Setting<double> QueryAtMost { get; } = schema.Decimal("observe.query-at-most", "the greatest value of observe.query");

    public Analysis Of(PrometheusTarget prometheus, EffectiveSettings settings) => new(prometheus, [.. Metrics(settings)])
    {
        Window = settings.Get(Window),
        Interval = settings.Get(Interval),
        InitialDelay = settings.Get(InitialDelay),
        FailureLimit = settings.Get(FailureLimit),
        InconclusiveLimit = settings.Get(InconclusiveLimit),
        ConsecutiveErrorLimit = settings.Get(ErrorLimit),
    };

    public IEnumerable<string> Check(EffectiveSettings settings)
    {
        if (settings.Has(Query) && settings.Has(QueryAtLeast) == settings.Has(QueryAtMost))
            yield return "observe.query needs one limit: set either observe.query-at-least or observe.query-at-most.";
        if (!settings.Has(Query))
            foreach (Setting alone in ((Setting[])[QueryAtLeast, QueryAtMost]).Where(settings.Has))
                yield return $"{alone.Key} is set, and observe.query is not. Set it, or take {alone.Key} away.";
        if (settings.Get(LatencyPercentile) is not (> 0 and < 1))
            yield return "observe.latency-percentile must lie between 0 and 1. Write 0.99 for the 99th percentile.";
        else if (WrongUse.Of("observe.*", () => Of(new PrometheusTarget { Server = new Uri("https://prometheus.invalid") }, settings).Check()) is { } wrong)
            yield return wrong;
    }

    private IEnumerable<Metric> Metrics(EffectiveSettings settings)
    {
        string selector = settings.Get(Selector);
        if (settings.Get(SuccessRate) is > 0 and var share)
            yield return Metric.SuccessRate(Threshold.AtLeast(share), selector);
        if (settings.FindValue(Latency) is { } latency)
            yield return Metric.LatencyPercentile(settings.Get(LatencyPercentile), Threshold.AtMost(latency.TotalSeconds), selector);
        if (settings.Get(Restarts))
            yield return Metric.Restarts();
        if (settings.Find(Query) is { } query && (settings.FindValue(QueryAtLeast) ?? settings.FindValue(QueryAtMost)) is { } limit)
            yield return new Metric("query", query, settings.Has(QueryAtLeast) ? Threshold.AtLeast(limit) : Threshold.AtMost(limit));
    }
}
