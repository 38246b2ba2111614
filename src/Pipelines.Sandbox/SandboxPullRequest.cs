namespace Pipelines.Sandbox;

/// <summary>A pull or merge request of the sandbox's manifest repository, as it stands.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Branch">The branch it comes from.</param>
/// <param name="Target">The branch it goes to.</param>
/// <param name="Title">Its title.</param>
/// <param name="Body">Its text, in Markdown.</param>
/// <param name="State"><c>open</c>, <c>merged</c> or <c>closed</c>.</param>
/// <param name="Comments">What was said to it.</param>
public sealed record SandboxPullRequest(int Number, string Branch, string Target, string Title, string Body, string State, IReadOnlyList<string> Comments)
{
    internal string? MergeCommit { get; init; }

    internal string? MergedBy { get; init; }
}
