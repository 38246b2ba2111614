namespace Pipelines.Core;

/// <summary>What becomes of a run in which nobody can approve, since none of the ways is open to it.</summary>
public enum ApprovalFallback
{
    /// <summary>It fails, and says why for each way.</summary>
    Fail,

    /// <summary>It ends well, <c>waiting for a human</c>: what was proven stays, and a person brings it on by <c>promote</c>. A refusal, somebody who may not, and the end of the time fail all the same.</summary>
    EndWaiting,
}
