namespace Pipelines.Core.Engine;

/// <summary>The chain of stages that decided how long a run took.</summary>
internal static class CriticalPath
{
    /// <summary>For each stage the longest expected time from its start to the end of the pipeline. Stages with the longest go first.</summary>
    public static double[] ExpectedRest(PipelinePlan plan, TimeSpan[]? expected)
    {
        double[] rest = new double[plan.Stages.Count];
        for (int index = plan.Stages.Count - 1; index >= 0; index--)
        {
            PlannedStage stage = plan.Stages[index];
            rest[index] += expected is not null && expected[index] > TimeSpan.Zero ? expected[index].TotalSeconds : 1;
            foreach (PlannedStage dependency in stage.Dependencies)
                rest[dependency.Index] = Math.Max(rest[dependency.Index], rest[index]);
        }

        return rest;
    }

    /// <summary>For each stage its share of the path that really was critical: from the stage that ended last, back through the dependency that ended last.</summary>
    public static double[] Shares(PipelinePlan plan, DateTimeOffset?[] startedAt, TimeSpan[] durations)
    {
        double[] shares = new double[plan.Stages.Count];
        PlannedStage? current = Last(plan.Stages);
        double total = 0;
        while (current is not null)
        {
            double seconds = durations[current.Index].TotalSeconds;
            shares[current.Index] = seconds;
            total += seconds;
            current = Last(current.Dependencies);
        }

        for (int index = 0; index < shares.Length && total > 0; index++)
            shares[index] /= total;
        return shares;

        PlannedStage? Last(IEnumerable<PlannedStage> stages)
        {
            PlannedStage? last = null;
            DateTimeOffset lastEnd = DateTimeOffset.MinValue;
            foreach (PlannedStage stage in stages)
            {
                if (startedAt[stage.Index] is { } start && start + durations[stage.Index] >= lastEnd)
                {
                    last = stage;
                    lastEnd = start + durations[stage.Index];
                }
            }

            return last;
        }
    }
}
