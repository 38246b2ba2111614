namespace Pipelines.Core;

/// <summary>Prometheus gave no usable answer.</summary>
public sealed class PrometheusException : PipelineException
{
    internal PrometheusException(PrometheusFailure failure, string what, string? evidence, string? advice, Exception? innerException = null)
        : base(what, evidence, advice, innerException) => Failure = failure;

    /// <summary>Why.</summary>
    public PrometheusFailure Failure { get; }

    /// <inheritdoc/>
    public override bool IsTransient => Failure == PrometheusFailure.Unreachable;

    /// <inheritdoc/>
    public override FailureKind Kind => Failure switch
    {
        PrometheusFailure.Credential => FailureKind.MissingPrerequisite,
        PrometheusFailure.BadQuery => FailureKind.Usage,
        _ => FailureKind.Failed,
    };

    /// <summary>Whether asking again can help, be it only with other data.</summary>
    internal bool IsHopeless => Failure is PrometheusFailure.BadQuery or PrometheusFailure.Credential or PrometheusFailure.NotPrometheus;
}
