namespace Pipelines.Core;

/// <summary>A stage did its part, and the rest is a person's. It is no failure: the stage ends as skipped, <c>waiting for a human</c>, what needs its output is skipped with it, and the run succeeds.</summary>
public sealed class WaitingForHumanException : PipelineException
{
    /// <summary>Makes it.</summary>
    /// <param name="what">What is waited for, such as <c>the merge of https://…/pull/12</c>.</param>
    /// <param name="advice">What to do then.</param>
    public WaitingForHumanException(string what, string? advice = null) : base(what, null, advice) { }
}
