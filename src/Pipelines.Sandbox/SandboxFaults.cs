namespace Pipelines.Sandbox;

/// <summary>What the sandbox lets go wrong, to show and to test each failure path.</summary>
[Flags]
public enum SandboxFaults
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>smoke</c>: the newly deployed version answers 503.</summary>
    Smoke = 1,

    /// <summary><c>argocd-degraded</c>: the newly deployed version never gets healthy.</summary>
    ArgoCdDegraded = 2,

    /// <summary><c>push-conflict</c>: the first push to the manifest repository loses a race against somebody else's.</summary>
    PushConflict = 4,

    /// <summary><c>registry</c>: the registry takes no image.</summary>
    Registry = 8,

    /// <summary><c>slack</c>: Slack is down.</summary>
    Slack = 16,

    /// <summary><c>metrics</c>: the newly deployed version answers slowly and with errors, and its containers start again.</summary>
    Metrics = 1024,

    /// <summary><c>metrics-inconclusive</c>: Prometheus knows no series of the service.</summary>
    MetricsInconclusive = 2048,
}
