namespace Pipelines.Core;

/// <summary>A place that a service is deployed to, such as staging: which file of the manifest repository says what runs there, and which Argo CD application brings it there.</summary>
public sealed record DeploymentEnvironment
{
    /// <summary>The name, such as <c>staging</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The service, as the manifest repository and the commit messages name it.</summary>
    public required string App { get; init; }

    /// <summary>Whether a deployment needs a proven one elsewhere and an <see cref="Approval"/>.</summary>
    /// <value>false</value>
    public bool IsProtected { get; init; }

    /// <summary>The branches whose commits may be deployed to it, whichever command asks; none for any.</summary>
    /// <value>none: any branch</value>
    public IReadOnlyList<string> AllowedBranches { get; init; } = [];

    /// <summary>Who approves what gets there, how, and until when.</summary>
    /// <value>anybody who can be named, for 24 hours</value>
    public ApprovalPolicy Approval { get; init; } = new();

    /// <summary>How a deployment's commit gets onto the manifest's branch.</summary>
    /// <value>by a push</value>
    public DeliverBy Delivery { get; init; } = new DeliverBy.Push();

    /// <summary>What a run does while another one has the environment: <see cref="LockEnvironment"/>, <c>promote</c> and <c>rollback</c> go by it.</summary>
    /// <value><see cref="LockPolicy.Supersede"/></value>
    public LockPolicy Lock { get; init; }

    /// <summary>How long a run waits while others have the environment.</summary>
    /// <value>2 hours</value>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Whether its deployments come with a database migration that can't be taken back. Their commits say so (<c>Migration: irreversible</c>), and <c>rollback</c> asks a person before it goes behind one.</summary>
    /// <value>false</value>
    public bool MigratesIrreversibly { get; init; }

    /// <summary>Where the manifest is.</summary>
    public required ManifestTarget Manifest { get; init; }

    /// <summary>The Argo CD application that is waited for; null where nothing is waited for.</summary>
    public ArgoCdTarget? ArgoCd { get; init; }

    /// <summary>What is asked after something was taken back, to see that the earlier version answers; may hold <c>{app}</c> and <c>{environment}</c>. Null for nothing.</summary>
    /// <value>null</value>
    public string? SmokeUrl { get; init; }

    /// <summary>The key of its JSON body whose value must be the tag; null for no such check.</summary>
    /// <value>null</value>
    public string? SmokeVersionKey { get; init; }

    /// <summary>The pull request whose preview it is; null for an environment that stays.</summary>
    internal int? PullRequest { get; init; }
}
