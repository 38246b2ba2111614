namespace Pipelines.Core;

/// <summary>A stage with an effect outside the machine that can be taken back.</summary>
/// <remarks>When a later stage of the same environment does not succeed, the engine calls <see cref="UndoAsync"/> of every such stage that succeeded: newest first, each once.</remarks>
/// <typeparam name="TOutput">The stage's output, which says what there is to undo.</typeparam>
public interface IUndoable<TOutput>
{
    /// <summary>Takes back what the stage did. It must not fail on an effect that is already gone, and must not take back somebody else's newer work.</summary>
    /// <param name="output">What the stage returned.</param>
    /// <param name="context">The context of the undo; its log belongs to the stage.</param>
    /// <param name="cancellationToken">Cancelled only by the undo's own timeout and by a second Ctrl-C.</param>
    /// <returns>What was undone, in a sentence for a person on call.</returns>
    Task<UndoReport> UndoAsync(TOutput output, StageContext context, CancellationToken cancellationToken);
}
