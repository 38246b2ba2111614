namespace Pipelines.Core;

/// <summary>A repository on GitHub or GitLab, and how to talk to its API.</summary>
/// <param name="Host">Which of them.</param>
/// <param name="Path">The repository there: <c>owner/name</c>, on GitLab with any number of groups.</param>
/// <param name="Token">A token that may read and write pull requests. On GitHub: <c>pull requests: write</c>, <c>issues: write</c> for comments; on GitLab: <c>api</c>.</param>
public sealed record CodeHostProject(CodeHost Host, string Path, SecretReference Token)
{
    /// <summary>The root of the API, for hosts of one's own: <c>https://github.example.com/api/v3</c>, <c>https://gitlab.example.com/api/v4</c>. Null for github.com and gitlab.com.</summary>
    /// <value>null</value>
    public Uri? Api { get; init; }
}
