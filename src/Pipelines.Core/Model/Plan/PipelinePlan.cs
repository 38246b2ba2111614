namespace Pipelines.Core;

/// <summary>A pipeline that is checked and can be printed and run. Immutable.</summary>
public sealed record PipelinePlan
{
    internal PipelinePlan(string name, IReadOnlyList<PlannedStage> stages)
    {
        Name = name;
        Stages = stages;
    }

    /// <summary>The pipeline's name.</summary>
    public string Name { get; }

    /// <summary>Every stage, each after all that it waits for.</summary>
    public IReadOnlyList<PlannedStage> Stages { get; }
}
