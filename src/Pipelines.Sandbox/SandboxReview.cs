namespace Pipelines.Sandbox;

/// <summary>What a person said to an environment that a workflow run waits for.</summary>
public enum SandboxReview
{
    /// <summary>The jobs of the environment may run.</summary>
    Approved,

    /// <summary>They may not.</summary>
    Rejected,

    /// <summary>A comment alone: nothing is decided.</summary>
    Pending,
}
