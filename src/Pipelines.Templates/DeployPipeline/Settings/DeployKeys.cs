using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>How runs go together in an environment.</summary>
internal sealed class DeployKeys(SettingsSchema schema)
{
    public Setting<string> Lock { get; } = schema.Choice("deploy.lock", "while another run has the environment: supersede waits, and gives way to a newer commit of the branch; queue waits its turn; off does not look", "supersede", "supersede", "queue", "off");

    public Setting<TimeSpan> LockTimeout { get; } = schema.Duration("deploy.lock-timeout", "how long a run waits for the environment", "2h");

    public LockPolicy Policy(EffectiveSettings settings) => Enum.Parse<LockPolicy>(settings.Get(Lock), ignoreCase: true);
}
