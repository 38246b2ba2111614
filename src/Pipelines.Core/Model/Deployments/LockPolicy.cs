namespace Pipelines.Core;

/// <summary>What a run does while another one has the environment it wants.</summary>
public enum LockPolicy
{
    /// <summary>It waits, and gives way to a newer commit of the same branch that waits too.</summary>
    Supersede,

    /// <summary>It waits its turn.</summary>
    Queue,

    /// <summary>There is no lock: runs may be in the environment at the same time. What was deployed last stands, and an older commit still overwrites no newer one.</summary>
    Off,
}
