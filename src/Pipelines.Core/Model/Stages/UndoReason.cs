namespace Pipelines.Core.Model;

/// <summary>What a stage's end says about what was deployed before it. The worst comes first.</summary>
internal enum UndoReason
{
    /// <summary>It failed because of the image.</summary>
    ImageAtFault,

    /// <summary>It failed or ran out of time, for a reason that says nothing about the image.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>It never ran.</summary>
    NotRun,
}
