using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>Checks the manifests where they can be read; where kubectl is missing to render them, the check is simulated, and says so.</summary>
internal sealed record SandboxZeroDowntime(ZeroDowntimeCheck Check) : IStage<ZeroDowntimeResult>, IDescribedStage
{
    public string Description => Check.Description;

    public async Task<ZeroDowntimeResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await Check.RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (ToolNotFoundException exception)
        {
            context.Log.Warning($"Simulated: nothing looked at the manifests. {exception.What}");
            context.Report("zero downtime", $"SIMULATED, nothing looked at the manifests: {exception.What}");
            return new ZeroDowntimeResult([], [], [], 0);
        }
    }
}
