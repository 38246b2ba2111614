namespace Pipelines.Sandbox.ArgoCd;

/// <summary>What the Argo CD stand-in knows of an application at one moment. Immutable.</summary>
internal sealed record ApplicationStatus
{
    /// <summary>Counts up with every change, as a Kubernetes resource version does.</summary>
    public long Version { get; init; }

    /// <summary>The commit that was compared last.</summary>
    public string Revision { get; init; } = "";

    /// <summary>Synced, OutOfSync or Unknown.</summary>
    public string Sync { get; init; } = "Unknown";

    /// <summary>Healthy, Progressing, Degraded or Missing.</summary>
    public string Health { get; init; } = "Missing";

    /// <summary>Why the deployment is not healthy.</summary>
    public string? HealthMessage { get; init; }

    public DateTimeOffset HealthSince { get; init; }

    public DateTimeOffset ReconciledAt { get; init; }

    /// <summary>Why nothing can be compared; null where it can.</summary>
    public string? ComparisonError { get; init; }

    public Operation? LastOperation { get; init; }

    /// <summary>The tag that the manifest asks for.</summary>
    public string TargetTag { get; init; } = "";

    /// <summary>The tag whose pods answer: the old one until the new one is ready, as with a rolling update.</summary>
    public string LiveTag { get; init; } = "";

    /// <summary>A sync.</summary>
    internal sealed record Operation(string Phase, string Message, string Revision, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt);
}
