using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Core.Engine;

/// <summary>Stages that wait for their turn: the longest rest of the pipeline first, among equals the one added first.</summary>
/// <remarks>A sorted set of stages rather than a priority queue of numbers: the runtime has the code for references ready and compiles it anew for values, at every start.</remarks>
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "it is a queue")]
internal sealed class StageQueue(StageOrder order)
{
    private readonly SortedSet<PlannedStage> _stages = new(order);

    public int Count => _stages.Count;

    public void Add(PlannedStage stage) => _stages.Add(stage);

    public bool TryTake([NotNullWhen(true)] out PlannedStage? stage)
    {
        stage = _stages.Min;
        return stage is not null && _stages.Remove(stage);
    }

    /// <summary>Takes all of them out.</summary>
    public IReadOnlyList<PlannedStage> TakeAll()
    {
        PlannedStage[] all = [.. _stages];
        _stages.Clear();
        return all;
    }
}
