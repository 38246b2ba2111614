using Pipelines.Core;

namespace Pipelines.Sandbox;

/// <summary>What a sandbox is to stand in for.</summary>
public sealed record SandboxOptions
{
    /// <summary>Where it keeps its state from run to run, such as <c>.pipelines/sandbox</c> of the service. Absolute.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The service that is deployed.</summary>
    public required string App { get; init; }

    /// <summary>The environments it is deployed to. Each has an Argo CD application <c>{app}-{environment}</c> and a workload.</summary>
    /// <value><c>staging</c></value>
    public IReadOnlyList<string> Environments { get; init; } = ["staging"];

    /// <summary>What is to go wrong.</summary>
    /// <value>nothing</value>
    public SandboxFaults Faults { get; init; }

    /// <summary>The first files of the manifest repository, by path. What the repository has already stays as it is; an environment without a file gets a small one.</summary>
    /// <value>one values file per environment</value>
    public IReadOnlyDictionary<string, string> SeedFiles { get; init; } = new Dictionary<string, string>();

    /// <summary>The file of the manifest repository that says what an environment runs; <c>{app}</c> and <c>{environment}</c> are filled in.</summary>
    /// <value><c>apps/{app}/values-{environment}.yaml</c></value>
    public string ManifestFile { get; init; } = "apps/{app}/values-{environment}.yaml";

    /// <summary>The key of the tag in that file, dots between the levels.</summary>
    /// <value><c>image.tag</c></value>
    public string ManifestKey { get; init; } = "image.tag";

    /// <summary>The file of the manifest repository that previews of pull requests are made from; <c>{app}</c> is filled in. Where it is given, every file that <see cref="ManifestFile"/> names for an environment <c>preview-pr-NUMBER</c>
    /// gets an Argo CD application and a workload, as by an ApplicationSet with a git file generator, and loses them when the file goes; and the code hosts know every pull request, as an open one. Null for no previews.</summary>
    /// <value>null</value>
    public string? PreviewTemplate { get; init; }

    /// <summary>The Slack channels there are, such as <c>#orders-team</c>; null for all.</summary>
    /// <value>null</value>
    public IReadOnlyList<string>? SlackChannels { get; init; }

    /// <summary>What the stand-ins of the stores of secrets hold: values by reference, such as <c>aws-sm://prod/stripe</c>, <c>aws-sm://prod/stripe#key</c> (a string of a JSON secret),
    /// <c>aws-ssm:///prod/order-service/db-url</c> or <c>vault://secret/prod/stripe#key</c>. Anything else is not found there.</summary>
    /// <value>nothing</value>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>();

    /// <summary>The clock that a rollout takes its time from.</summary>
    /// <value>the system's</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The token that Argo CD takes; null for one that is made up. A template gives it to have it in a store too.</summary>
    internal Secret? ArgoCdToken { get; init; }

    /// <summary>The token that Slack takes; null for one that is made up.</summary>
    internal Secret? SlackToken { get; init; }

    /// <summary>Whether a run goes on whose image references name the registry's port: then it must be the same one.</summary>
    internal bool KeepsPorts { get; init; }

    /// <summary>Whether an environment is one that comes and goes.</summary>
    internal bool IsPreview(string environment) => PreviewTemplate is not null && PreviewFiles.IsName(environment);

    internal string ManifestPath(string environment) =>
        ManifestFile.Replace("{app}", App, StringComparison.Ordinal).Replace("{environment}", environment, StringComparison.Ordinal);
}
