namespace Pipelines.Core.Tools.Git;

/// <summary>A commit of the history.</summary>
/// <param name="Id">The full id.</param>
/// <param name="At">When it was committed, by the committer's clock.</param>
/// <param name="Author">The author's name.</param>
/// <param name="Message">The whole message.</param>
internal sealed record GitLogEntry(string Id, DateTimeOffset At, string Author, string Message)
{
    public string Subject => Message.Split('\n', 2)[0];

    public string ShortId => Id[..Math.Min(10, Id.Length)];
}
