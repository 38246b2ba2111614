namespace Pipelines.Core;

/// <summary>Whether a run touches the world.</summary>
public enum RunMode
{
    /// <summary>Real registries, repositories and clusters.</summary>
    Live,

    /// <summary>Stand-ins on loopback: nothing leaves the machine.</summary>
    Sandbox,
}
