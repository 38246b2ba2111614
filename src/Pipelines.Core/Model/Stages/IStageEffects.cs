namespace Pipelines.Core.Model;

/// <summary>Keeps what one stage does outside the machine, before and after it does it. The engine gives every stage one where the run has a journal.</summary>
internal interface IStageEffects
{
    /// <summary>What this run knows of an effect.</summary>
    EffectState Recall(string name, string details);

    /// <summary>Keeps that the effect is about to be done; on disk when this returns.</summary>
    /// <exception cref="PipelineException">It cannot be kept, so the effect must not be done.</exception>
    void Begin(string name, string details);

    /// <summary>Keeps that the effect was done; on disk when this returns. Never throws: the effect stands whatever becomes of the record.</summary>
    void End(string name, string details);
}
