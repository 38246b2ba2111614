using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>An analysis as the sandbox makes it: the same metrics and limits, its own Prometheus, and a moment in place of half an hour.</summary>
internal static class SandboxAnalysis
{
    private const int Measurements = 3;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    public static SecretReference Token { get; } = SecretReference.Parse("sandbox://prometheus-token");

    /// <param name="analysis">What a live run asks; null for what the sandbox shows by itself.</param>
    /// <param name="prometheus">The stand-in.</param>
    public static Analysis Of(Analysis? analysis, Uri prometheus)
    {
        var target = new PrometheusTarget { Server = prometheus, Token = Token };
        analysis ??= new Analysis(target, Metric.SuccessRate(Threshold.AtLeast(0.99)));
        return new Analysis(target, analysis.Metrics)
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
}
