namespace Pipelines.Core;

/// <summary>The previews of a service: one environment for each pull request that wants one, <c>preview-pr-123</c>. Each is one file of the manifest repository; an ApplicationSet of Argo CD makes an application of it.</summary>
/// <remarks>In the texts <c>{app}</c>, <c>{environment}</c> and <c>{number}</c> are filled in.</remarks>
public sealed record Previews
{
    /// <summary>The service.</summary>
    public required string App { get; init; }

    /// <summary>Where the manifests are. Its file must hold <c>{environment}</c>: each preview has one of its own.</summary>
    public required ManifestTarget Manifest { get; init; }

    /// <summary>The file that each preview is written from: one of the manifest repository, or with <c>./</c> in front one of the service's checkout, which the pull request itself may change.</summary>
    /// <value><c>apps/{app}/values-preview.yaml</c></value>
    public string Template { get; init; } = "apps/{app}/values-preview.yaml";

    /// <summary>The Argo CD applications that are waited for; null where nothing is waited for.</summary>
    public ArgoCdTarget? ArgoCd { get; init; }

    /// <summary>The Kubernetes namespace of a preview. One of more than 63 characters is shortened and ends with a hash.</summary>
    /// <value><c>{app}-{environment}</c></value>
    public string Namespace { get; init; } = "{app}-{environment}";

    /// <summary>Where a preview answers, such as <c>https://{app}-{environment}.preview.example.com</c>; null where nowhere from outside.</summary>
    /// <value>null</value>
    public string? Url { get; init; }

    /// <summary>What is asked after a preview was set back to its earlier version; null for nothing.</summary>
    /// <value>null</value>
    public string? SmokeUrl { get; init; }

    /// <summary>The key of its JSON body whose value must be the tag; null for no such check.</summary>
    /// <value>null</value>
    public string? SmokeVersionKey { get; init; }

    /// <summary>How many previews of the service there may be at once.</summary>
    /// <value>10</value>
    public int Limit { get; init; } = 10;

    /// <summary>How long after its last update a preview is a leftover, whatever its pull request is.</summary>
    /// <value>7 days</value>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Where the pull requests are; null where that is not known: then nobody is told there, and whether one is closed is not known.</summary>
    /// <value>null</value>
    public CodeHostProject? PullRequests { get; init; }

    /// <summary>Whether each pull request gets a comment with the address and the state of its preview.</summary>
    /// <value>true</value>
    public bool Comments { get; init; } = true;
}
