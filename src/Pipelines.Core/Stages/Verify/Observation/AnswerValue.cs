using Pipelines.Core.Clients.Prometheus;
using Pipelines.Core.Model;

namespace Pipelines.Core.Stages.Verify.Observation;

/// <summary>The one number of an answer, or why there is none. Whatever is not exactly one finite number is no value.</summary>
internal static class AnswerValue
{
    private const int Shown = 3;

    public static (double? Value, string? Problem) Of(PrometheusAnswer answer)
    {
        if (One(answer) is not { } values)
            return (null, Problem(answer));
        return values.Count == 0 ? (null, "no number: a histogram or an empty series")
            : double.IsFinite(values[^1]) ? (values[^1], null)
            : (null, $"the value is {MetricText.Value(values[^1], MetricUnit.None)}{(double.IsNaN(values[^1]) ? ": nothing was counted in that time" : "")}");
    }

    /// <summary>The middle of the values over a time: one outlier does not move it.</summary>
    public static (double? Value, string? Problem) Median(PrometheusAnswer answer)
    {
        if (One(answer) is not { } values)
            return (null, "before the deployment " + Problem(answer));
        double[] numbers = [.. values.Where(double.IsFinite).Order()];
        if (numbers.Length == 0)
            return (null, "before the deployment there was no number");
        int middle = numbers.Length / 2;
        return (numbers.Length % 2 == 1 ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2, null);
    }

    private static IReadOnlyList<double>? One(PrometheusAnswer answer) => answer is { Text: null, Series: [var series] } ? series.Values : null;

    private static string Problem(PrometheusAnswer answer) => answer switch
    {
        { Text: not null } => "a text, no number",
        { Series.Count: 0 } => "no data: the query matches no series",
        _ => $"{answer.Series.Count} series where one is expected: {string.Join(", ", answer.Series.Take(Shown).Select(series => series.Labels))}{(answer.Series.Count > Shown ? ", …" : "")}",
    };
}
