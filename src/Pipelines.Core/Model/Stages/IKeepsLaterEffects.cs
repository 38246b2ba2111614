namespace Pipelines.Core;

/// <summary>An undoable stage that may forbid the undo of what came after it in its environment: the version before can't run on what it left. Its own undo then says what a person must decide.</summary>
public interface IKeepsLaterEffects
{
    /// <summary>Whether later effects stay.</summary>
    bool KeepsLaterEffects { get; }
}
