namespace Pipelines.Core;

/// <summary>What a run does while another one has the environment it wants.</summary>
public enum LockPolicy
{
    /// <summary>It waits, and gives way to a newer commit of the same branch that waits too.</summary>
    Supersede,

    /// <summary>It waits its turn.</summary>
    Queue,
}
