namespace Pipelines.Core.Clients.Prometheus;

/// <summary>One series of an answer.</summary>
/// <param name="Labels">Its labels as PromQL writes them, such as <c>up{job="api"}</c>.</param>
/// <param name="Values">Its values; an instant query gives one. NaN and infinities are as they came.</param>
internal sealed record PrometheusSeries(string Labels, IReadOnlyList<double> Values);
