namespace Pipelines.Core.Stages.Check.ZeroDowntime;

/// <summary>A rule of the zero-downtime check. Its page is the section of its id in docs/zero-downtime.md.</summary>
internal sealed record ZeroDowntimeRule(string Id, string Title)
{
    public static readonly ZeroDowntimeRule MaxUnavailable = new("ZD001", "a rollout must not take running pods away");
    public static readonly ZeroDowntimeRule MaxSurge = new("ZD002", "a rollout needs room for a new pod");
    public static readonly ZeroDowntimeRule Readiness = new("ZD003", "a container must say when it is ready");
    public static readonly ZeroDowntimeRule SameProbes = new("ZD004", "readiness and liveness must be asked differently");
    public static readonly ZeroDowntimeRule PreStop = new("ZD005", "a pod must wait until no new requests come");
    public static readonly ZeroDowntimeRule Grace = new("ZD006", "a pod needs time to finish its requests");
    public static readonly ZeroDowntimeRule Replicas = new("ZD007", "one pod is no pod while it moves");
    public static readonly ZeroDowntimeRule Budget = new("ZD008", "a drained node must not take all pods");
    public static readonly ZeroDowntimeRule BudgetBlocks = new("ZD009", "a node must be able to drain");
    public static readonly ZeroDowntimeRule Tag = new("ZD010", "an image must be one certain image");
    public static readonly ZeroDowntimeRule Memory = new("ZD011", "a leak must not take the node along");
    public static readonly ZeroDowntimeRule Root = new("ZD012", "a container must not run as root");

    public static IReadOnlyList<ZeroDowntimeRule> All { get; } = [MaxUnavailable, MaxSurge, Readiness, SameProbes, PreStop, Grace, Replicas, Budget, BudgetBlocks, Tag, Memory, Root];

    public string Page => "docs/zero-downtime.md#" + Id.ToLowerInvariant();
}
