using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>A place that <see cref="DeployPipeline"/> deploys to. What is not given here comes from the settings of its name, such as <c>staging.branches</c>.</summary>
/// <param name="Name">Such as <c>staging</c>: lower-case letters, digits and dashes.</param>
public sealed record DeployEnvironment(string Name)
{
    /// <summary>Whether only an image that was proven in the environment before it, and approved by a person, gets there.</summary>
    /// <value>false</value>
    public bool IsProtected { get; init; }

    /// <summary>The branches whose commits may get there, whichever command asks.</summary>
    /// <value><c>main</c> and <c>master</c></value>
    public IReadOnlyList<string> Branches { get; init; } = ["main", "master"];

    /// <summary>Who approves what gets there, how, and until when. Counts where the environment is protected; the sandbox approves by itself, and says so. Settings (<c>approval.timeout</c> and so on) win over its values;
    /// <see cref="ApprovalPolicy.WhenNobodyCan"/> is that of <c>approval.when-nobody-can</c> alone.</summary>
    /// <value>anybody who can be named, for 24 hours; a run in which nobody can ends well, waiting for <c>promote</c></value>
    public ApprovalPolicy Approval { get; init; } = new() { WhenNobodyCan = ApprovalFallback.EndWaiting };

    /// <summary>How a deployment's commit gets onto the manifest's branch. The settings <c>NAME.delivery</c> and <c>delivery.…</c> win over it. The sandbox pushes.</summary>
    /// <value>by a push</value>
    public DeliverBy Delivery { get; init; } = new DeliverBy.Push();

    /// <summary>The metrics that a deployment is held against after its smoke test; null for those of the settings <c>observe.…</c>, where <c>prometheus.server</c> is set. The sandbox asks its own Prometheus, for a moment, for the
    /// success rate where the script says nothing else.</summary>
    /// <value>null</value>
    public Analysis? Analysis { get; init; }

    /// <summary>The database migration before each deployment there; null for that of the settings <c>migrate.…</c>, where they say one. The sandbox runs none, and says so.</summary>
    /// <value>null</value>
    public DeployMigration? Migration { get; init; }

    /// <summary>What the smoke test gets there; null for the setting <c>smoke.url</c>, which has the environment filled in.</summary>
    /// <value>null</value>
    public string? SmokeUrl { get; init; }

    /// <summary>The Argo CD server of its cluster; null for the setting <c>argocd.server</c>.</summary>
    /// <value>null</value>
    public Uri? ArgoCdServer { get; init; }
}
