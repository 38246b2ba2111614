namespace Pipelines.Core;

/// <summary>What a migration means for going back. It is declared, since no tool can tell it from the migration.</summary>
public abstract record MigrationRollback
{
    private MigrationRollback() { }

    /// <summary>The version before runs on the new schema as well (expand): a rollback takes back the deployment and leaves the database alone.</summary>
    public sealed record Compatible : MigrationRollback;

    /// <summary>The database can be taken back: a rollback takes back the deployment first, then runs this.</summary>
    /// <param name="Down">What takes the migration back, to a named revision and not "one step": it may run twice.</param>
    public sealed record Reversible(MigrationWork Down) : MigrationRollback;

    /// <summary>The database can't be taken back.</summary>
    /// <param name="Decision">What a person must decide, and how, such as <c>restore the backup of 03:00 (runbook orders-db), or fix forward</c>.</param>
    public sealed record Irreversible(string Decision) : MigrationRollback
    {
        /// <summary>Whether the version before runs on the new schema. Then the deployment is taken back as always; otherwise it stays, since the version before would break on it, or break the data.</summary>
        /// <value>false</value>
        public bool OldVersionStillWorks { get; init; }
    }
}
