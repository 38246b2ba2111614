using Pipelines.Core.Model;

namespace Pipelines.Core.Stages.Migrate;

/// <summary>Runs a migration's work, up or down.</summary>
internal sealed class MigrationRunner(MigrateDatabase stage, PublishedImage image, StageContext context)
{
    /// <exception cref="MigrationFailedException">It failed.</exception>
    public Task RunAsync(MigrationWork work, string what, CancellationToken cancellationToken) => work switch
    {
        MigrationWork.Run run => RunAsync(run, what, cancellationToken),
        MigrationWork.Job job => new MigrationJob(stage, job, image, context).RunAsync(what, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(work)),
    };

    /// <summary>What a person does after a failure, whichever way it ran.</summary>
    public static string Advice(MigrateDatabase stage) =>
        $"Nothing was deployed by this stage. See how far '{stage.Database}' was changed before you run again: a database that changes its schema outside of transactions may be half changed.";

    private async Task RunAsync(MigrationWork.Run run, string what, CancellationToken cancellationToken)
    {
        Command command = run.Command.Timeout is { } own && own < stage.Timeout ? run.Command : run.Command.WithTimeout(stage.Timeout);
        foreach ((string name, SecretReference reference) in run.Secrets)
            command = command.WithEnvironment(name, await context.Secrets.GetAsync(reference, cancellationToken).ConfigureAwait(false));
        try
        {
            await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (CommandFailedException exception)
        {
            throw new MigrationFailedException($"{what} of '{stage.Database}' in {stage.Environment.Name} failed: {exception.What}", exception.Evidence, Advice(stage), exception);
        }
    }
}
