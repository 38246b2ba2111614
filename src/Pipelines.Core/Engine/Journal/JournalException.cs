namespace Pipelines.Core.Engine.Journal;

/// <summary>The journal of a run cannot be written or read.</summary>
internal sealed class JournalException(string what, string? evidence, string advice, Exception? innerException = null) : PipelineException(what, evidence, advice, innerException)
{
    /// <summary>What a run does with a journal that cannot be read is refuse: nothing was done, so it counts as usage.</summary>
    public FailureKind Cause { get; init; } = FailureKind.Failed;

    /// <summary>Whether records in the middle are damaged.</summary>
    public bool IsDamage { get; init; }

    public override FailureKind Kind => Cause;
}
