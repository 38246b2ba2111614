namespace Pipelines.Core;

/// <summary>A migration ran and can't be taken back: a person must decide.</summary>
public sealed class MigrationIrreversibleException : PipelineException
{
    internal MigrationIrreversibleException(string database, DeploymentEnvironment environment, MigrationRollback.Irreversible rollback)
        : base(
            $"The migration of the database '{database}' in {environment.Name} ran and can't be taken back: a person must decide.",
            rollback.OldVersionStillWorks
                ? $"  the version before runs on the new schema, so the deployment of {environment.App} was taken back"
                : $"  the version before can't run on the new schema, so the deployment of {environment.App} was left as it is",
            $"To decide: {rollback.Decision}") =>
        Database = database;

    /// <summary>The database.</summary>
    public string Database { get; }
}
