using Pipelines.Core.Tools.Trivy;

namespace Pipelines.Core.Stages.Scan;

/// <summary>Stands in for Trivy in the sandbox: looks at nothing, and says so wherever the scan is shown.</summary>
/// <param name="Reason">Why Trivy itself does not scan, as a sentence.</param>
internal sealed record SimulatedScan(string Reason) : IStage<BuiltImage, ScannedImage>, IDescribedStage
{
    public string Description => "simulates a scan";

    public Task<ScannedImage> RunAsync(BuiltImage input, StageContext context, CancellationToken cancellationToken)
    {
        if (context.Run.Mode != RunMode.Sandbox)
            throw new ToolNotFoundException(TrivyScanner.Program, TrivyScanner.InstallHint);
        context.Log.Warning($"SIMULATED: nothing looked at the image. {Reason} A live run needs Trivy: {TrivyScanner.InstallHint}");
        var result = new ScanResult("simulated", [], [], [], Simulated: true);
        context.Report(result);
        context.Report("scan", $"SIMULATED, nothing looked at the image: {Reason}");
        return Task.FromResult(new ScannedImage(input, result));
    }
}
