namespace Pipelines.Core.Clients.Prometheus;

/// <summary>The answer to a query.</summary>
/// <param name="Series">Every series, in the server's order. A scalar is one series without labels.</param>
/// <param name="Text">The text, where the query gives one and no numbers.</param>
/// <param name="Notes">What the server said beside it: its warnings and, since version 3, its infos.</param>
internal sealed record PrometheusAnswer(IReadOnlyList<PrometheusSeries> Series, string? Text, IReadOnlyList<string> Notes);
