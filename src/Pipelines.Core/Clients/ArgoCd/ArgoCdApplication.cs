namespace Pipelines.Core.Clients.ArgoCd;

/// <summary>What Argo CD says of an application at one moment.</summary>
internal sealed record ArgoCdApplication
{
    /// <summary><c>Synced</c>, <c>OutOfSync</c> or <c>Unknown</c>; empty before the first comparison.</summary>
    public string SyncStatus { get; init; } = "";

    /// <summary>The revisions that the cluster was compared with: one, or one for each source.</summary>
    public IReadOnlyList<string> Revisions { get; init; } = [];

    /// <summary><c>Healthy</c>, <c>Progressing</c>, <c>Degraded</c>, <c>Suspended</c>, <c>Missing</c> or <c>Unknown</c>.</summary>
    public string Health { get; init; } = "";

    public string? HealthMessage { get; init; }

    /// <summary>Since when the health is what it is.</summary>
    public DateTimeOffset? HealthSince { get; init; }

    /// <summary>When Argo CD last compared.</summary>
    public DateTimeOffset? ReconciledAt { get; init; }

    /// <summary>The running sync, or the last one; null where there was none yet.</summary>
    public ArgoCdOperation? Operation { get; init; }

    /// <summary>The resources, those without a health of their own included.</summary>
    public IReadOnlyList<ArgoCdResource> Resources { get; init; } = [];

    /// <summary>What Argo CD complains about, such as manifests that cannot be rendered.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>Whether new revisions are applied without anybody's doing.</summary>
    public bool IsAutomated { get; init; }

    /// <summary>The branch or revision that each source follows, with its repository.</summary>
    public IReadOnlyList<string> Follows { get; init; } = [];

    public string RevisionText => Revisions.Count == 0 ? "no revision" : string.Join(", ", Revisions.Select(Short));

    public static string Short(string revision) => revision.Length >= 40 ? revision[..10] : revision;
}
