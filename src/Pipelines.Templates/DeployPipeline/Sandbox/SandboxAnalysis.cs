using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>An analysis as the sandbox makes it: the same metrics and limits, its own Prometheus, and a moment in place of half an hour.</summary>
internal static class SandboxAnalysis
{
    private const int Measurements = 3;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    public static SecretReference Token { get; } = SecretReference.Parse("sandbox://prometheus-token");

    public static Analysis? Of(Analysis? analysis, Uri prometheus) => analysis is null
        ? null
        : new Analysis(new PrometheusTarget { Server = prometheus, Token = Token }, analysis.Metrics)
        {
            Interval = s_interval,
            InitialDelay = TimeSpan.Zero,
            Count = Measurements,
            FailureLimit = Math.Min(analysis.FailureLimit, Measurements - 1),
            InconclusiveLimit = Math.Min(analysis.InconclusiveLimit, Measurements - 1),
            ConsecutiveErrorLimit = Math.Min(analysis.ConsecutiveErrorLimit, Measurements - 1),
            BaselineWindow = analysis.BaselineWindow,
            WhenInconclusive = analysis.WhenInconclusive,
        };
}
