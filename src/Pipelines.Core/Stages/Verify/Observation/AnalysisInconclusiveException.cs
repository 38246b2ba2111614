using Pipelines.Core.Model;

namespace Pipelines.Core;

/// <summary>Nothing could be told from a deployment's metrics: no data, no number, or errors. That is never a pass.</summary>
public sealed class AnalysisInconclusiveException : PipelineException
{
    internal AnalysisInconclusiveException(DeploymentEnvironment environment, AnalysisResult result, PipelineException? innerException)
        : base(
            $"The analysis of {environment.App} in {environment.Name} is inconclusive: {result.Reason.TrimEnd('.')}.",
            MetricText.Evidence(result),
            Advise(result, innerException),
            innerException) =>
        Result = result;

    /// <summary>What was seen.</summary>
    public AnalysisResult Result { get; }

    /// <inheritdoc/>
    public override FailureKind Kind => InnerException is PipelineException { Kind: var kind } ? kind : FailureKind.Failed;

    private static string Advise(AnalysisResult result, PipelineException? error) =>
        (error?.Advice is { } advice ? advice + " " : $"Try the query at {result.Source}/graph: it must give one number, and the service needs requests to measure. ")
        + "More gaps are allowed by Analysis.InconclusiveLimit and Analysis.ConsecutiveErrorLimit; Analysis.WhenInconclusive lets a person decide.";
}
