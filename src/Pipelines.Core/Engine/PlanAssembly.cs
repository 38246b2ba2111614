using Pipelines.Core.Model;

namespace Pipelines.Core.Engine;

/// <summary>Turns drafts into a plan: checks names, owners and order, and sorts. O(V+E) but for the sort's heap.</summary>
internal static class PlanAssembly
{
    private const int MaxNameLength = 100;

    public static PipelinePlan Assemble(string name, object owner, IReadOnlyList<StageDraft> drafts, IReadOnlyList<string> earlierErrors)
    {
        List<string> errors = [.. earlierErrors];
        if (drafts.Count == 0)
            errors.Add("it has no stages. Add at least one with Add(name, stage).");
        CheckNames(drafts, errors);
        List<StageDraft> sorted = [];
        if (AreAllOurs(owner, drafts, errors))
        {
            sorted = Sort(drafts);
            if (sorted.Count < drafts.Count)
                errors.Add($"Circular dependency: {Cycle(drafts, sorted)}. Take one of the After(…) away.");
        }

        if (errors.Count > 0)
            throw new PipelineDefinitionException(name, errors);

        var stages = new PlannedStage[drafts.Count];
        var planned = new Dictionary<StageDraft, PlannedStage>(drafts.Count);
        for (int index = 0; index < sorted.Count; index++)
        {
            StageDraft draft = sorted[index];
            PlannedStage[] inputs = [.. draft.Inputs.Select(input => planned[input.Draft])];
            var stage = new PlannedStage(index, draft.Name, draft.Behaviour)
            {
                Inputs = inputs,
                After = [.. draft.After.Select(handle => planned[handle.Draft]).Except(inputs).Distinct()],
                Conditions = [.. draft.Conditions],
                Timeout = draft.Timeout,
                Retry = draft.Retry,
                Locks = [.. draft.Locks],
                Always = draft.Always,
                Environment = EnvironmentOf(draft, inputs),
            };
            stages[index] = stage;
            planned.Add(draft, stage);
        }

        return new PipelinePlan(name, stages);
    }

    private static string? EnvironmentOf(StageDraft draft, PlannedStage[] inputs)
    {
        if (draft.Behaviour.Environment is { } own)
            return own.Name;
        string?[] inherited = [.. inputs.Select(input => input.Environment).Where(environment => environment is not null).Distinct()];
        return inherited.Length == 1 ? inherited[0] : null;
    }

    private static void CheckNames(IReadOnlyList<StageDraft> drafts, List<string> errors)
    {
        var first = new Dictionary<string, StageDraft>(StringComparer.Ordinal);
        foreach (StageDraft draft in drafts)
        {
            if (string.IsNullOrWhiteSpace(draft.Name))
                errors.Add($"stage {draft.Index + 1} ({draft.Behaviour.Kind}) has an empty name.");
            else if (draft.Name.Length > MaxNameLength || draft.Name.Any(char.IsControl))
                errors.Add($"stage {draft.Index + 1} ({draft.Behaviour.Kind}) has a name of more than {MaxNameLength} characters or with control characters.");
            else if (!first.TryAdd(draft.Name, draft))
                errors.Add(Duplicate(first[draft.Name], draft));
        }
    }

    private static string Duplicate(StageDraft first, StageDraft second) =>
        $"two stages are called '{first.Name}': stage {first.Index + 1} ({first.Behaviour.Kind}) and stage {second.Index + 1} ({second.Behaviour.Kind}). "
        + "Give one of them another name; where two parts of a pipeline need the same stage, add it once and hand its handle to both.";

    private static bool AreAllOurs(object owner, IReadOnlyList<StageDraft> drafts, List<string> errors)
    {
        int before = errors.Count;
        foreach (StageDraft draft in drafts)
            foreach (StageHandle other in draft.Inputs.Concat(draft.After))
                if (!ReferenceEquals(other.Draft.Owner, owner))
                    errors.Add($"'{draft.Name}' uses the handle '{other.Name}' of another pipeline. Add that stage to this one.");
        return errors.Count == before;
    }

    /// <summary>Kahn's algorithm; among stages that could come next, the one added first does. Most pipelines are written in order, and need no sorting.</summary>
    private static List<StageDraft> Sort(IReadOnlyList<StageDraft> drafts)
    {
        if (drafts.All(draft => draft.Inputs.Concat(draft.After).All(dependency => dependency.Draft.Index < draft.Index)))
            return [.. drafts];

        int[] waiting = new int[drafts.Count];
        var dependents = new List<int>?[drafts.Count];
        foreach (StageDraft draft in drafts)
        {
            foreach (StageHandle dependency in draft.Inputs.Concat(draft.After))
            {
                waiting[draft.Index]++;
                (dependents[dependency.Draft.Index] ??= []).Add(draft.Index);
            }
        }

        var ready = new PriorityQueue<int, int>(drafts.Where(draft => waiting[draft.Index] == 0).Select(draft => (draft.Index, draft.Index)));
        var sorted = new List<StageDraft>(drafts.Count);
        while (ready.TryDequeue(out int index, out _))
        {
            sorted.Add(drafts[index]);
            foreach (int dependent in dependents[index] ?? [])
                if (--waiting[dependent] == 0)
                    ready.Enqueue(dependent, dependent);
        }

        return sorted;
    }

    private static string Cycle(IReadOnlyList<StageDraft> drafts, List<StageDraft> sorted)
    {
        HashSet<StageDraft> done = [.. sorted];
        var path = new List<StageDraft>();
        var places = new Dictionary<StageDraft, int>();
        StageDraft current = drafts.First(draft => !done.Contains(draft));
        while (places.TryAdd(current, path.Count)) // every stage left over waits for another one left over, so this walk must come back
        {
            path.Add(current);
            current = current.Inputs.Concat(current.After).Select(handle => handle.Draft).First(draft => !done.Contains(draft));
        }

        IEnumerable<string> names = path.Skip(places[current]).Append(current).Select(draft => draft.Name);
        return string.Join(" -> ", names.Reverse());
    }
}
