namespace Pipelines.Core;

/// <summary>What changes a database.</summary>
public abstract record MigrationWork
{
    private MigrationWork() { }

    /// <summary>A command on this machine.</summary>
    /// <param name="Command">The command, such as <c>new Command("alembic", "upgrade", "head")</c>. It must do nothing where nothing is left to do.</param>
    public sealed record Run(Command Command) : MigrationWork
    {
        /// <summary>Secrets by the variable that the command reads them from, such as <c>DATABASE_URL</c>.</summary>
        /// <value>none</value>
        public IReadOnlyDictionary<string, SecretReference> Secrets { get; init; } = new Dictionary<string, SecretReference>();
    }

    /// <summary>A Kubernetes Job, run through kubectl: it is created, waited for, its logs are taken, and it is deleted.</summary>
    /// <param name="Manifest">The file with one Job that has a fixed name, from the service's root. <c>{image}</c> (by digest), <c>{tag}</c>, <c>{app}</c> and <c>{environment}</c> are filled in.</param>
    public sealed record Job(string Manifest) : MigrationWork
    {
        /// <summary>The context of the kubeconfig; null for the current one.</summary>
        /// <value>null</value>
        public string? KubeContext { get; init; }
    }
}
