using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The database migration of an environment, which runs before its deployment. See docs/migrations.md.</summary>
/// <param name="Up">What migrates.</param>
/// <param name="Rollback">What it means for going back.</param>
public sealed record DeployMigration(MigrationWork Up, MigrationRollback Rollback)
{
    /// <summary>The database's name, for messages and the lock.</summary>
    /// <value>null: the app's name</value>
    public string? Database { get; init; }

    /// <summary>How long the migration may take, and how long taking it back may.</summary>
    /// <value>15 minutes</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(15);

    internal bool IsIrreversible => Rollback is MigrationRollback.Irreversible;

    internal IEnumerable<SecretReference> Secrets => ((MigrationWork?[])[Up, (Rollback as MigrationRollback.Reversible)?.Down]).OfType<MigrationWork.Run>().SelectMany(run => run.Secrets.Values);
}
