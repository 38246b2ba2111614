namespace Pipelines.Core.Clients.CodeHosts;

/// <summary>A pull or merge request as its host tells it.</summary>
/// <param name="Number">Its number in the project.</param>
/// <param name="Page">Its page.</param>
/// <param name="Branch">The branch it comes from.</param>
/// <param name="Status">How it stands.</param>
internal sealed record PullRequest(int Number, Uri Page, string Branch, PullRequestStatus Status)
{
    /// <summary>The commit on the target branch, once it is merged.</summary>
    public string? MergeCommit { get; init; }

    /// <summary>Whether the host says that it cannot be merged as it is, because the target branch changed the same lines. Lists do not tell.</summary>
    public bool HasConflicts { get; init; }

    /// <summary>Who merged it.</summary>
    public string? MergedBy { get; init; }
}
