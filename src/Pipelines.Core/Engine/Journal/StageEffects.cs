using Pipelines.Core.Model;

namespace Pipelines.Core.Engine.Journal;

/// <summary>The outside effects of one stage, or of its undo.</summary>
/// <param name="stage">The stage.</param>
/// <param name="journal">The journal of the run.</param>
/// <param name="isUndo">An undo goes on without a journal: rollback first.</param>
internal sealed class StageEffects(PlannedStage stage, RunJournal journal, bool isUndo) : IStageEffects
{
    public EffectState Recall(string name, string details) => journal.Recall(stage.Name, name, details);

    public void Begin(string name, string details)
    {
        try
        {
            journal.EffectBegan(stage.Name, name, details);
        }
        catch (JournalException exception) when (isUndo)
        {
            journal.Tell(exception);
        }
        catch (JournalException exception)
        {
            journal.Tell(exception);
            throw new JournalException($"'{name}' was not done: the journal of this run cannot be written, so a run that goes on would not know of it.", exception.Evidence, exception.Advice!, exception);
        }
    }

    public void End(string name, string details)
    {
        try
        {
            journal.EffectEnded(stage.Name, name, details);
        }
        catch (JournalException exception)
        {
            journal.Tell(exception); // it is done; the next one is not begun
        }
    }
}
