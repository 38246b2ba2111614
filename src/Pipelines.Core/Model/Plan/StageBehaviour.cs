namespace Pipelines.Core.Model;

/// <summary>What a stage does, with the types taken off: the builder checked them.</summary>
internal sealed record StageBehaviour
{
    public required string Kind { get; init; }

    public required string? Description { get; init; }

    public required string OutputType { get; init; }

    /// <summary>The type of the output, for keeping it.</summary>
    public Type OutputClass { get; init; } = typeof(Unit);

    /// <summary>The environment the stage itself names.</summary>
    public DeploymentEnvironment? Environment { get; init; }

    /// <summary>Runs the stage with its inputs in order.</summary>
    public required Func<object?[], StageContext, CancellationToken, Task<object?>> RunAsync { get; init; }

    /// <summary>Whether what was done after this stage must stay when it is not undone.</summary>
    public bool KeepsLaterEffects { get; init; }

    /// <summary>Whether its output is worth nothing in another process.</summary>
    public bool IsProcessBound { get; init; }

    /// <summary>Takes the stage's effect back; null where it has none.</summary>
    public Func<object?, StageContext, CancellationToken, Task<UndoReport>>? Undo { get; init; }
}
