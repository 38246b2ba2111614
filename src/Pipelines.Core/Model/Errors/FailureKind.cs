namespace Pipelines.Core;

/// <summary>What kind of failure an error is. It decides the exit code.</summary>
public enum FailureKind
{
    /// <summary>The work itself failed: exit code 1.</summary>
    Failed,

    /// <summary>Bad usage, settings or definition: exit code 2.</summary>
    Usage,

    /// <summary>A required tool or credential is missing: exit code 3.</summary>
    MissingPrerequisite,

    /// <summary>Somebody else has what the work needs, such as an environment: exit code 1. It says nothing against what was deployed, which is not blocked for it.</summary>
    Superseded,
}
