namespace Pipelines.Core.Model;

/// <summary>What a run knows of one of its outside effects before it does it.</summary>
internal enum EffectState
{
    /// <summary>It was never begun.</summary>
    New,

    /// <summary>It was begun, and whether it was done is not known: the process was killed, or the answer was lost.</summary>
    Begun,

    /// <summary>It was done.</summary>
    Done,
}
