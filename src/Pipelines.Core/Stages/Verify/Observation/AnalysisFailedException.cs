using Pipelines.Core.Model;

namespace Pipelines.Core;

/// <summary>A deployment's metrics broke their thresholds. The message holds each metric with its query and its values.</summary>
public sealed class AnalysisFailedException : PipelineException
{
    internal AnalysisFailedException(DeploymentEnvironment environment, AnalysisResult result)
        : base(
            $"The analysis of {environment.App} in {environment.Name} failed: {result.Reason}.",
            MetricText.Evidence(result),
            $"Look at the queries' graphs at {result.Source}/graph and at the logs of {environment.App} in {environment.Name}. If the new version is right and the threshold is not, change the metric's Threshold or Analysis.FailureLimit.") =>
        Result = result;

    /// <summary>What was seen.</summary>
    public AnalysisResult Result { get; }

    /// <inheritdoc/>
    public override bool IsImageAtFault => true;
}
