namespace Pipelines.Core;

/// <summary>How a deployment's commit gets onto the branch that Argo CD follows.</summary>
public abstract record DeliverBy
{
    private DeliverBy() { }

    /// <summary>By a push.</summary>
    public sealed record Push : DeliverBy;

    /// <summary>By a pull or merge request that a person merges. The branch is <c>pipelines/APP/ENVIRONMENT/TAG</c>; older open ones of the same app and environment are closed.</summary>
    /// <param name="Project">The manifest repository on its host.</param>
    public sealed record PullRequest(CodeHostProject Project) : DeliverBy
    {
        /// <summary>Whether the stage waits until somebody merges it. Otherwise the stage ends as skipped, <c>waiting for a human</c>, what comes after it is skipped, and the run succeeds.</summary>
        /// <value>true</value>
        public bool WaitsForMerge { get; init; } = true;

        /// <summary>How long it waits for the merge.</summary>
        /// <value>24 hours</value>
        public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(24);
    }
}
