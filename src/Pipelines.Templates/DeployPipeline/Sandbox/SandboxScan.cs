using Pipelines.Core;
using Pipelines.Core.Stages.Scan;

namespace Pipelines.Templates;

/// <summary>Scans with Trivy where it is installed and has its database; else the scan is simulated, and says so everywhere.</summary>
internal sealed record SandboxScan(TrivyImageScan Trivy) : IStage<BuiltImage, ScannedImage>, IDescribedStage
{
    public string Description => $"{Trivy.Description}; where Trivy is not there, the scan is simulated";

    public async Task<ScannedImage> RunAsync(BuiltImage input, StageContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await Trivy.RunAsync(input, context, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ToolNotFoundException or ScannerUnavailableException)
        {
            return await new SimulatedScan(((PipelineException)exception).What).RunAsync(input, context, cancellationToken).ConfigureAwait(false);
        }
    }
}
