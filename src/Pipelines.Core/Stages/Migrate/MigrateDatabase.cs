using Pipelines.Core.GitOps.Locks;
using Pipelines.Core.Model;
using Pipelines.Core.Stages.Deploy;
using Pipelines.Core.Stages.Migrate;
using Pipelines.Core.Tools.Kubectl;

namespace Pipelines.Core;

/// <summary>Migrates a database before its service is deployed, and hands the image on to the deployment. What a rollback does about it is declared.</summary>
/// <remarks>
/// <para>Give the stage the lock <see cref="LockName"/>, so that one run migrates one database once at a time: <c>.Lock(migrate.LockName)</c>. Between runs a Job's name is the lock: one that still runs is not touched.</para>
/// <para>A failed migration stops the run before anything is deployed, and is not undone: only its tool knows how far it came.</para>
/// </remarks>
public sealed record MigrateDatabase : IStage<PublishedImage, PublishedImage>, IStage<PublishedImage, Approval, PublishedImage>, IUndoable<PublishedImage>, IKeepsLaterEffects, IEnvironmentStage, IDescribedStage, ICheckedStage
{
    /// <summary>Migrates a database.</summary>
    /// <param name="environment">The environment whose deployment needs it.</param>
    /// <param name="database">The database's name, for messages and the lock.</param>
    /// <param name="up">What migrates it.</param>
    /// <param name="rollback">What it means for going back.</param>
    /// <exception cref="InvalidUsageException">An irreversible migration does not say what is to be decided.</exception>
    public MigrateDatabase(DeploymentEnvironment environment, string database, MigrationWork up, MigrationRollback rollback)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentException.ThrowIfNullOrWhiteSpace(database);
        ArgumentNullException.ThrowIfNull(up);
        ArgumentNullException.ThrowIfNull(rollback);
        if (rollback is MigrationRollback.Irreversible { Decision: var decision } && string.IsNullOrWhiteSpace(decision))
            throw new InvalidUsageException($"The migration of '{database}' is irreversible, and does not say what a person must decide then.", null, "Write it for the person on call at night: new MigrationRollback.Irreversible(\"restore the backup of 03:00, or fix forward\").");
        (Environment, Database, Up, Rollback) = (environment, database, up, rollback);
    }

    /// <summary>The environment.</summary>
    public DeploymentEnvironment Environment { get; }

    /// <summary>The database's name.</summary>
    public string Database { get; }

    /// <summary>What migrates it.</summary>
    public MigrationWork Up { get; }

    /// <summary>What it means for going back.</summary>
    public MigrationRollback Rollback { get; }

    /// <summary>How long the migration may take, and how long taking it back may.</summary>
    /// <value>15 minutes</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The lock for this stage's handle, such as <c>database/prod/orders</c>.</summary>
    public string LockName => $"database/{Environment.Name}/{Database}";

    /// <inheritdoc/>
    public bool KeepsLaterEffects => Rollback is MigrationRollback.Irreversible { OldVersionStillWorks: false };

    /// <inheritdoc/>
    public string Description => $"migrates {Database} by {Text(Up)}; {Rollback switch
    {
        MigrationRollback.Compatible => "the version before runs on it as well",
        MigrationRollback.Reversible reversible => $"taken back by {Text(reversible.Down)}",
        MigrationRollback.Irreversible { OldVersionStillWorks: true } => "can't be taken back, but the version before runs on it",
        _ => "can't be taken back: after it a person decides, and the deployment stays",
    }}";

    /// <inheritdoc/>
    public string? WhyNot(int inputs) => Environment.IsProtected && inputs < 2
        ? $"'{Environment.Name}' is a protected environment: its database is migrated for an approved image alone. Add MigrateDatabase with two inputs: the image and its Approval."
        : null;

    internal string KubectlProgram { get; init; } = Kubectl.Program;

    /// <summary>Migrates.</summary>
    /// <param name="input">The image that will be deployed.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidUsageException">The commit's branch may not get there.</exception>
    /// <exception cref="MigrationFailedException">It failed, or took too long.</exception>
    /// <exception cref="EnvironmentLockException">The run held a lock of the environment, and lost it.</exception>
    public async Task<PublishedImage> RunAsync(PublishedImage input, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        AllowedBranch.Check(Environment, input.Image.Image.Source, context.Run, "migration in");
        if (EnvironmentLease.Find(Environment, context) is { } lease)
            await lease.ConfirmAsync(cancellationToken).ConfigureAwait(false);
        context.Log.Info($"Migrating '{Database}' for {Environment.App} in {Environment.Name}.");
        await new MigrationRunner(this, input, context).RunAsync(Up, "The migration", cancellationToken).ConfigureAwait(false);
        context.Report("migration", $"{Database} migrated");
        return input;
    }

    /// <summary>Migrates the database of a protected environment: only what was approved for it.</summary>
    /// <param name="input1">The image that will be deployed.</param>
    /// <param name="input2">Its approval.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidUsageException">The approval is for another digest or environment.</exception>
    /// <exception cref="MigrationFailedException">It failed, or took too long.</exception>
    public Task<PublishedImage> RunAsync(PublishedImage input1, Approval input2, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input1);
        ArgumentNullException.ThrowIfNull(input2);
        return input2.Digest == input1.Digest && input2.Environment == Environment.Name
            ? RunAsync(input1, context, cancellationToken)
            : throw new InvalidUsageException(
                $"The migration of '{Database}' in {Environment.Name} is refused: the approval is for something else.",
                $"  to deploy: {input1.Digest} in '{Environment.Name}'\n  approved:  {input2.Digest} in '{input2.Environment}' by {input2.ApprovedBy}",
                "Give the stage the image and the approval of one digest and one environment.");
    }

    /// <summary>Does what was declared: nothing, the way back, or an error that says what a person must decide.</summary>
    /// <param name="output">The image of the deployment that did not succeed.</param>
    /// <param name="context">The context of the undo.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="MigrationIrreversibleException">It can't be taken back.</exception>
    /// <exception cref="MigrationFailedException">Taking it back failed.</exception>
    public async Task<UndoReport> UndoAsync(PublishedImage output, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(context);
        switch (Rollback)
        {
            case MigrationRollback.Reversible when EnvironmentLease.Find(Environment, context) is { } lease && await lease.ReclaimAsync(cancellationToken).ConfigureAwait(false) is { } holder:
                return new UndoReport(false, $"The migration of '{Database}' in {Environment.Name} was not touched: {Environment.Name} was taken over by {holder}, which may need it.");
            case MigrationRollback.Reversible reversible:
                await new MigrationRunner(this, output, context).RunAsync(reversible.Down, "Taking back the migration", cancellationToken).ConfigureAwait(false);
                return new UndoReport(true, $"The migration of '{Database}' in {Environment.Name} was taken back by {Text(reversible.Down)}.");
            case MigrationRollback.Irreversible irreversible:
                throw new MigrationIrreversibleException(Database, Environment, irreversible);
            default:
                return new UndoReport(false, $"The migration of '{Database}' in {Environment.Name} stays: the version before runs on it as well.");
        }
    }

    private static string Text(MigrationWork work) => work switch { MigrationWork.Run run => $"'{run.Command}'", MigrationWork.Job job => $"the Job in {job.Manifest}", _ => "" };
}
