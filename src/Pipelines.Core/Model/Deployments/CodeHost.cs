namespace Pipelines.Core;

/// <summary>A system that holds repositories and takes pull or merge requests.</summary>
public enum CodeHost
{
    /// <summary>github.com, or GitHub Enterprise.</summary>
    GitHub,

    /// <summary>gitlab.com, or a GitLab of one's own.</summary>
    GitLab,
}
