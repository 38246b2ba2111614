namespace Pipelines.Core.Clients.GitHub;

/// <summary>What a reviewer said to the environments of a workflow run.</summary>
internal sealed record GitHubReview(bool Approved, string By, string? Comment, IReadOnlyList<string> Environments);
