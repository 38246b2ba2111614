using Pipelines.Core;

namespace Build;

/// <summary>A <c>dotnet</c> command.</summary>
internal sealed record DotNet(params string[] Arguments) : IStage<Unit>, IDescribedStage
{
    public string Description => "dotnet " + string.Join(' ', Arguments);

    public async Task<Unit> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        await new Command("dotnet", Arguments).WithEnvironment("DOTNET_CLI_UI_LANGUAGE", "en").WithEnvironment("MSBUILDDISABLENODEREUSE", "1").RunAsync(context, cancellationToken);
        return Unit.Value;
    }
}
