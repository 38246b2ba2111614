namespace Pipelines.Core;

/// <summary>How a run ended.</summary>
public enum RunStatus
{
    /// <summary>Every stage succeeded or was skipped by its own condition.</summary>
    Succeeded,

    /// <summary>At least one stage failed.</summary>
    Failed,

    /// <summary>The run was cancelled.</summary>
    Cancelled,
}
