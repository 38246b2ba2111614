namespace Pipelines.Core;

/// <summary>A Prometheus server, or what speaks its query API: Thanos, Mimir, VictoriaMetrics, a managed service.</summary>
/// <remarks>With a token or a password the address must be https, or on this machine: neither is ever sent over an open network.</remarks>
public sealed record PrometheusTarget
{
    /// <summary>The address, with the path the API lives under where it has one, such as <c>https://prometheus.example.com</c> or <c>https://mimir.example.com/prometheus</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>A bearer token; null where none is asked for.</summary>
    public SecretReference? Token { get; init; }

    /// <summary>The user of Basic authentication; null for none.</summary>
    public string? User { get; init; }

    /// <summary>The password that goes with <see cref="User"/>.</summary>
    public SecretReference? Password { get; init; }

    /// <summary>How long one query may take.</summary>
    /// <value>30 seconds</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
