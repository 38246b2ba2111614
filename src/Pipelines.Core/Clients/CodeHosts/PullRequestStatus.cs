namespace Pipelines.Core.Clients.CodeHosts;

/// <summary>How a pull request stands.</summary>
internal enum PullRequestStatus
{
    Open,
    Merged,
    Closed,
}
