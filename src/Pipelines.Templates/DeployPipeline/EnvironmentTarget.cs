using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>One environment of a deploy.</summary>
internal sealed record EnvironmentTarget
{
    public required DeploymentEnvironment Environment { get; init; }

    public required string SmokeUrl { get; init; }

    /// <summary>The key of the smoke test's JSON body that must be the tag; null for no check.</summary>
    public required string? SmokeVersionKey { get; init; }

    /// <summary>The metrics that a deployment is held against; null for none.</summary>
    public Analysis? Analysis { get; init; }

    /// <summary>What is done to its database before a deployment; null for nothing.</summary>
    public DeployMigration? Migration { get; init; }
}
