using Pipelines.Core;
using Pipelines.Core.Clients.Prometheus;

namespace Pipelines.Templates;

/// <summary>Where Prometheus is, and how to sign in.</summary>
internal sealed class PrometheusKeys(SettingsSchema schema)
{
    public Setting<Uri> Server { get; } = schema.Address("prometheus.server", "the Prometheus server, or what speaks its API; where it is not set, no live deployment is observed");

    public Setting<SecretReference> Token { get; } = schema.Secret("prometheus.token", "its bearer token, where it asks for one");

    public Setting<string> User { get; } = schema.Text("prometheus.user", "the user, where it asks for a password instead");

    public Setting<SecretReference> Password { get; } = schema.Secret("prometheus.password", "the password of prometheus.user");

    public Setting<TimeSpan> Timeout { get; } = schema.Duration("prometheus.timeout", "how long one query may take", "30s");

    /// <summary>The server; null where none is set.</summary>
    public PrometheusTarget? Of(EffectiveSettings settings) => settings.Find(Server) is { } server
        ? new PrometheusTarget { Server = server, Token = settings.Find(Token), User = settings.Find(User), Password = settings.Find(Password), Timeout = settings.Get(Timeout) }
        : null;

    public IEnumerable<string> Check(EffectiveSettings settings)
    {
        if (Of(settings) is { } target)
        {
            if (WrongUse.Of("prometheus.*", () => PrometheusTargets.Check(target)) is { } wrong)
                yield return wrong;
        }
        else
        {
            foreach (Setting alone in ((Setting[])[Token, User, Password]).Where(settings.Has))
                yield return $"{alone.Key} is set, and prometheus.server is not. Set it, or take {alone.Key} away.";
        }
    }
}
