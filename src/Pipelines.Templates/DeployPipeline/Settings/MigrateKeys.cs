using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The migration of the service's database before each deployment. A migration of the script (<see cref="DeployEnvironment.Migration"/>) wins over all of it.</summary>
internal sealed class MigrateKeys(SettingsSchema schema)
{
    private static readonly string[] s_rollbacks = ["compatible", "reversible", "irreversible"];

    public Setting<string> Command { get; } = schema.Text("migrate.command", "the command that migrates the database before a deployment, such as alembic upgrade head; may hold {app} and {environment}", check: CommandText.Check);

    public Setting<string> Job { get; } = schema.Text("migrate.job", "the file with a Kubernetes Job that does it instead; may hold {app} and {environment}");

    public Setting<string> KubeContext { get; } = schema.Text("migrate.kube-context", "the context of the kubeconfig for that Job; may hold {environment}; the current one where not set");

    public Setting<string> Secrets { get; } = schema.Text("migrate.secrets", "variables of the command that hold secrets, NAME=reference with commas: DATABASE_URL=vault://{environment}/orders#url", check: CheckSecrets);

    public Setting<string> Database { get; } = schema.Text("migrate.database", "the database's name, for messages and the lock", "{app}");

    public Setting<string> Rollback { get; } = schema.Text("migrate.rollback", "what the migration means for going back, which no tool can tell: compatible, reversible or irreversible", check: text => s_rollbacks.Contains(text) ? null : $"'{text}' is none of {string.Join(", ", s_rollbacks)}.");

    public Setting<string> Down { get; } = schema.Text("migrate.down", "reversible: the command, or the Job's file, that takes it back");

    public Setting<string> Decision { get; } = schema.Text("migrate.decision", "irreversible: what a person must decide then, and how");

    public Setting<TimeSpan> Timeout { get; } = schema.Duration("migrate.timeout", "how long a migration may take", "15m");

    /// <summary>The migration of an environment; null where there is none.</summary>
    public DeployMigration? Of(EnvironmentKeys environment, string app, EffectiveSettings settings)
    {
        if (environment.Environment.Migration is { } script)
            return script;
        if (!settings.Has(Command) && !settings.Has(Job))
            return null;
        MigrationRollback rollback = settings.Find(Rollback) switch
        {
            "reversible" when settings.Find(Down) is { } down => new MigrationRollback.Reversible(Work(down, environment, app, settings)),
            "irreversible" => new MigrationRollback.Irreversible(settings.Find(Decision) ?? "migrate.decision is not set"),
            _ => new MigrationRollback.Compatible(),
        };
        return new DeployMigration(Work(settings.Find(Command) ?? settings.Get(Job), environment, app, settings), rollback)
        {
            Database = Placeholders.Fill(settings.Get(Database), app, environment.Name),
            Timeout = settings.Get(Timeout),
        };
    }

    public IEnumerable<string> Check(EffectiveSettings settings)
    {
        if (!settings.Has(Command) && !settings.Has(Job))
        {
            foreach (Setting alone in ((Setting[])[KubeContext, Secrets, Rollback, Down, Decision]).Where(settings.Has))
                yield return $"{alone.Key} is set, and neither migrate.command nor migrate.job is. Set one of them, or take {alone.Key} away.";
            yield break;
        }

        if (settings.Has(Command) && settings.Has(Job))
            yield return "migrate.command and migrate.job are both set. A migration is one of them.";
        if (!settings.Has(Rollback))
            yield return $"{EffectiveSettings.Missing(Rollback, "whether the version before runs on the migrated database cannot be guessed")}: {string.Join(", ", s_rollbacks)}";
        string? rollback = settings.Find(Rollback);
        if (rollback == "reversible" && !settings.Has(Down))
            yield return EffectiveSettings.Missing(Down, "migrate.rollback is reversible");
        if (rollback != "reversible" && settings.Has(Down))
            yield return "migrate.down is set, and migrate.rollback is not reversible: it would never run.";
        if (settings.Has(Down) && !settings.Has(Job) && CommandText.Check(settings.Get(Down)) is { } wrong)
            yield return $"migrate.down: {wrong}";
        if (rollback == "irreversible" && !settings.Has(Decision))
            yield return EffectiveSettings.Missing(Decision, "migrate.rollback is irreversible: the person on call reads there what to decide, such as 'restore the backup of 03:00, or fix forward'");
        if (settings.Has(Job) && settings.Has(Secrets))
            yield return "migrate.secrets is set, and a Job takes its secrets from the cluster. Take it away.";
        if (!settings.Has(Job) && settings.Has(KubeContext))
            yield return "migrate.kube-context is set, and only migrate.job needs one. Take it away.";
    }

    private MigrationWork Work(string text, EnvironmentKeys environment, string app, EffectiveSettings settings) => settings.Has(Job)
        ? new MigrationWork.Job(Placeholders.Fill(text, app, environment.Name)) { KubeContext = settings.Find(KubeContext) is { } context ? Placeholders.Fill(context, app, environment.Name) : null }
        : new MigrationWork.Run(CommandText.Parse(text, app, environment.Name))
        {
            Secrets = ListText.Of(settings.Find(Secrets) ?? "").Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0].Trim(), pair => SecretReference.Parse(pair[1].Trim()), StringComparer.Ordinal),
        };

    /// <summary>What is no reference may be the secret itself, and is not repeated.</summary>
    private static string? CheckSecrets(string text)
    {
        foreach (string pair in ListText.Of(text))
        {
            if (pair.Split('=', 2) is not [var name, var reference] || name.Trim().Length == 0)
                return "write NAME=reference with commas, such as DATABASE_URL=env://DATABASE_URL.";
            try
            {
                SecretReference.Parse(reference.Trim());
            }
            catch (FormatException exception)
            {
                return exception.Message;
            }
        }

        return ListText.Check(text) ?? (ListText.Of(text).Select(pair => pair.Split('=')[0].Trim()).GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice ? $"{twice.Key} stands there twice." : null);
    }
}
