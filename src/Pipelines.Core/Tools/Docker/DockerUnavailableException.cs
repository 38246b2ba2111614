namespace Pipelines.Core;

/// <summary>Docker is installed, but its engine does not answer.</summary>
public sealed class DockerUnavailableException : PipelineException
{
    internal DockerUnavailableException(string evidence)
        : base(
            "Docker is installed, but its engine cannot be reached.",
            evidence,
            "Start it ('sudo systemctl start docker', or Docker Desktop), or set DOCKER_HOST. Where the evidence says 'permission denied', add this user to the group 'docker'.")
    { }

    /// <inheritdoc/>
    public override FailureKind Kind => FailureKind.MissingPrerequisite;
}
