namespace Pipelines.Core;

/// <summary>The facts of a run that are known before its first stage.</summary>
public sealed record RunInfo
{
    /// <summary>The run's id, such as <c>20260102-030405-a1b2</c>: sortable, and the name of its folder.</summary>
    public required string Id { get; init; }

    /// <summary>The name of the pipeline.</summary>
    public required string Pipeline { get; init; }

    /// <summary>Live or sandbox.</summary>
    public required RunMode Mode { get; init; }

    /// <summary>The root of the service: where the Dockerfile and <c>pipeline.yaml</c> are. Absolute.</summary>
    public required string Directory { get; init; }

    /// <summary>The run's own folder, <c>.pipelines/runs/ID</c> under <see cref="Directory"/>. Absolute.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>The CI system, such as <c>GitHub Actions</c>, or <c>local</c>.</summary>
    public required string Host { get; init; }

    /// <summary>Whether the run is on a CI system.</summary>
    public required bool IsCi { get; init; }

    /// <summary>The page of this build on the CI system; null on a laptop.</summary>
    public Uri? BuildUrl { get; init; }

    /// <summary>The number of the pull or merge request that is built; null for a branch or a tag.</summary>
    public int? PullRequest { get; init; }

    /// <summary>The commit that is built; null where the pipeline did not ask for it.</summary>
    public SourceRevision? Source { get; init; }

    /// <summary>Whether somebody asked by <c>--allow-older</c> to deploy this commit also where a newer one runs.</summary>
    /// <value>false</value>
    public bool AllowsOlder { get; init; }

    /// <summary>Who pushed or pressed the button, as the CI system names them; null where unknown.</summary>
    public string? Actor { get; init; }
}
