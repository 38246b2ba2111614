namespace Pipelines.Core.Engine;

/// <summary>Which locks are held, and which stages wait for them.</summary>
/// <remarks>
/// A stage takes all its locks at once or none, so that no two can wait for each other. When a lock is free again, one waiter is woken, not all: ten thousand
/// stages with one lock cost ten thousand steps.
/// </remarks>
internal sealed class LockTable(StageOrder order)
{
    private readonly HashSet<string> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StageQueue> _waiting = new(StringComparer.Ordinal);

    /// <summary>Whether all these locks are free.</summary>
    public bool AreFree(IReadOnlyCollection<string> locks) => locks.Count == 0 || !_held.Overlaps(locks);

    public void Hold(IReadOnlyCollection<string> locks)
    {
        if (locks.Count > 0)
            _held.UnionWith(locks);
    }

    /// <summary>Lets the stage wait for the first of its locks that is held; false where all are free.</summary>
    public bool MustWait(PlannedStage stage)
    {
        foreach (string name in stage.Locks)
        {
            if (!_held.Contains(name))
                continue;
            if (!_waiting.TryGetValue(name, out StageQueue? queue))
                _waiting[name] = queue = new StageQueue(order);
            queue.Add(stage);
            return true;
        }

        return false;
    }

    /// <summary>Frees the locks and returns the stages that may try again: for each lock the first in line.</summary>
    public IReadOnlyList<PlannedStage> Release(IReadOnlyCollection<string> locks)
    {
        if (locks.Count == 0)
            return [];
        _held.ExceptWith(locks);
        return Wake(locks);
    }

    /// <summary>For each of these locks that is free the first waiter that can go on. One that meets another held lock waits there instead.</summary>
    public IReadOnlyList<PlannedStage> Wake(IEnumerable<string> locks)
    {
        var woken = new List<PlannedStage>();
        foreach (string name in locks)
        {
            while (!_held.Contains(name) && _waiting.TryGetValue(name, out StageQueue? queue) && queue.TryTake(out PlannedStage? stage))
            {
                if (queue.Count == 0)
                    _waiting.Remove(name);
                if (MustWait(stage))
                    continue;
                woken.Add(stage);
                break;
            }
        }

        return woken;
    }

    /// <summary>Takes every waiting stage out of the line.</summary>
    public IReadOnlyList<PlannedStage> TakeWaiting()
    {
        PlannedStage[] waiting = [.. _waiting.Values.SelectMany(queue => queue.TakeAll())];
        _waiting.Clear();
        return waiting;
    }
}
