namespace Pipelines.Sandbox;

/// <summary>How Prometheus answers in the sandbox.</summary>
public enum SandboxMetricsState
{
    /// <summary>With good values.</summary>
    Healthy,

    /// <summary>With bad values now, and good ones for the time before.</summary>
    Degraded,

    /// <summary>With no series.</summary>
    Empty,

    /// <summary>With NaN, as a rate without requests gives.</summary>
    NotANumber,

    /// <summary>With an error: it cannot carry out the query.</summary>
    Error,

    /// <summary>Not at all: the connection breaks.</summary>
    Down,
}
