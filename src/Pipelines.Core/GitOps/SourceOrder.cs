namespace Pipelines.Core.GitOps;

/// <summary>How our commit of the service stands to another.</summary>
internal enum SourceOrder
{
    /// <summary>The checkout does not know the other one.</summary>
    Unknown,

    /// <summary>The other one is in our history.</summary>
    Newer,

    /// <summary>Ours is in the history of the other one.</summary>
    Older,

    /// <summary>Neither is in the history of the other: two branches, or one that was rewritten.</summary>
    Diverged,
}
