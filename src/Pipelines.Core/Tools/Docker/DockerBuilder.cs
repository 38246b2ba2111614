namespace Pipelines.Core.Tools.Docker;

/// <summary>The ways to build, best first.</summary>
internal enum DockerBuilder
{
    /// <summary><c>docker buildx build</c>.</summary>
    Buildx,

    /// <summary><c>docker build</c> with <c>DOCKER_BUILDKIT=1</c>: docker 18.09 to 22 have BuildKit in them.</summary>
    BuildKit,

    /// <summary>The classic builder: no build secrets, no cache import.</summary>
    Classic,
}
