using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>A migration in the sandbox: none runs, and it says so. There is no database here, and nobody's own may be touched.</summary>
internal sealed record SandboxMigration(MigrateDatabase Migration) : IStage<PublishedImage, PublishedImage>, IStage<PublishedImage, Approval, PublishedImage>, IEnvironmentStage, IDescribedStage
{
    public DeploymentEnvironment Environment => Migration.Environment;

    public string Description => $"in the sandbox nothing is migrated; a live run {Migration.Description}";

    public Task<PublishedImage> RunAsync(PublishedImage input, StageContext context, CancellationToken cancellationToken)
    {
        context.Log.Warning($"Simulated: the sandbox has no database to migrate. A live run {Migration.Description}.");
        context.Report("migration", $"SIMULATED, {Migration.Database} was not migrated");
        return Task.FromResult(input);
    }

    public Task<PublishedImage> RunAsync(PublishedImage input1, Approval input2, StageContext context, CancellationToken cancellationToken) => RunAsync(input1, context, cancellationToken);
}
