using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>Where a deploy goes: the real world's addresses, or the sandbox's.</summary>
internal sealed record DeployTarget
{
    public required ImageReference Repository { get; init; }

    public required RegistryCredentials Credentials { get; init; }

    /// <summary>The environments, in the order an image goes through them.</summary>
    public required IReadOnlyList<EnvironmentTarget> Environments { get; init; }

    /// <summary>The previews of pull requests.</summary>
    public required Previews Previews { get; init; }
}
