namespace Pipelines.Core.Clients.CodeHosts;

/// <summary>The pull or merge requests of one project.</summary>
internal interface IPullRequests
{
    /// <summary>For people: the host and the project.</summary>
    string Name { get; }

    /// <summary>What the host calls one, with its sign: <c>#12</c>, <c>!12</c>.</summary>
    string Sign(int number);

    /// <summary>The open ones from branches whose names start so, the newest first.</summary>
    Task<IReadOnlyList<PullRequest>> ListOpenAsync(string branchPrefix, CancellationToken cancellationToken);

    /// <summary>The newest one from a branch, however it stands; null where there was none.</summary>
    Task<PullRequest?> FindAsync(string branch, CancellationToken cancellationToken);

    Task<PullRequest> CreateAsync(string branch, string target, string title, string body, CancellationToken cancellationToken);

    Task UpdateAsync(int number, string title, string body, CancellationToken cancellationToken);

    Task<PullRequest> GetAsync(int number, CancellationToken cancellationToken);

    Task CloseAsync(int number, CancellationToken cancellationToken);

    /// <summary>Writes a comment; where one of ours with the same marker is there already, that one is changed.</summary>
    /// <param name="number">The request.</param>
    /// <param name="marker">An invisible line that tells the comment from others.</param>
    /// <param name="body">Markdown.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task CommentAsync(int number, string marker, string body, CancellationToken cancellationToken);
}
