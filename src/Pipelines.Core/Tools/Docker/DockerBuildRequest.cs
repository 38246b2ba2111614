namespace Pipelines.Core.Tools.Docker;

/// <summary>One build.</summary>
internal sealed record DockerBuildRequest
{
    public required string Context { get; init; }

    public required string Dockerfile { get; init; }

    /// <summary>The name the built image gets; null for none.</summary>
    public ImageReference? Name { get; init; }

    public string? Target { get; init; }

    public string? Platform { get; init; }

    public IReadOnlyDictionary<string, string> BuildArguments { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The files that hold the build secrets, by their ids.</summary>
    public IReadOnlyDictionary<string, string> SecretFiles { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> CacheFrom { get; init; } = [];

    public IReadOnlyList<string> CacheTo { get; init; } = [];
}
