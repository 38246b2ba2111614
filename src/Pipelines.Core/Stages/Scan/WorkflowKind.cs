namespace Pipelines.Core.Stages.Scan;

/// <summary>What a file is to a CI system.</summary>
internal enum WorkflowKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A workflow: GitHub, GitLab, Jenkins, CodeBuild.</summary>
    Workflow,

    /// <summary>A Dockerfile.</summary>
    Dockerfile,

    /// <summary>A shell script, which counts where a workflow calls it.</summary>
    Script,
}
