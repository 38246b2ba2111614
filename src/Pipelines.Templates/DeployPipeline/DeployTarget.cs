using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>Where a deploy goes: the real world's addresses, or the sandbox's.</summary>
internal sealed record DeployTarget
{
    public required ImageReference Repository { get; init; }

    public required RegistryCredentials Credentials { get; init; }

    public required DeploymentEnvironment Environment { get; init; }

    public required string SmokeUrl { get; init; }

    /// <summary>The key of the smoke test's JSON body that must be the tag; null for no check.</summary>
    public required string? SmokeVersionKey { get; init; }
}
