namespace Pipelines.Core;

/// <summary>One stage of a plan. Immutable.</summary>
public sealed record PlannedStage
{
    internal PlannedStage(int index, string name, Model.StageBehaviour behaviour)
    {
        Index = index;
        Name = name;
        Behaviour = behaviour;
    }

    /// <summary>Its place in <see cref="PipelinePlan.Stages"/>.</summary>
    public int Index { get; }

    /// <summary>Its name, unique in the pipeline.</summary>
    public string Name { get; }

    /// <summary>The type that does the work, such as <c>TrivyImageScan</c>, or <c>lambda</c>.</summary>
    public string Kind => Behaviour.Kind;

    /// <summary>One line about what it will do; null where the stage tells nothing.</summary>
    public string? Description => Behaviour.Description;

    /// <summary>The type of its output, such as <c>ScannedImage</c>.</summary>
    public string Output => Behaviour.OutputType;

    /// <summary>The stages whose outputs it takes, in the order it takes them.</summary>
    public required IReadOnlyList<PlannedStage> Inputs { get; init; }

    /// <summary>The stages it only waits for.</summary>
    public required IReadOnlyList<PlannedStage> After { get; init; }

    /// <summary>The conditions that must all hold.</summary>
    public required IReadOnlyList<Condition> Conditions { get; init; }

    /// <summary>How long it may take, retries included.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How it is tried again after transient errors.</summary>
    public required RetryPolicy Retry { get; init; }

    /// <summary>The locks it holds while it runs.</summary>
    public required IReadOnlyList<string> Locks { get; init; }

    /// <summary>Whether it runs whatever happened to others.</summary>
    public required bool Always { get; init; }

    /// <summary>The environment it belongs to: its own, or that of its inputs; null where it belongs to none.</summary>
    public required string? Environment { get; init; }

    /// <summary>Whether its effect can be taken back.</summary>
    public bool IsUndoable => Behaviour.Undo is not null;

    /// <summary>Everything it waits for.</summary>
    public IEnumerable<PlannedStage> Dependencies => Inputs.Concat(After);

    internal Model.StageBehaviour Behaviour { get; }

    /// <summary>Two stages are the same only if they are the same object.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(PlannedStage? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
