using System.Globalization;
using Pipelines.Core.Engine.Journal;

namespace Pipelines.Core.Cli.Session;

/// <summary>What a run takes over from an earlier one, and how that is said.</summary>
internal static class ResumptionChoice
{
    /// <summary>Goes on with a run.</summary>
    /// <exception cref="InvalidUsageException">Something has changed that the run was started with.</exception>
    public static Resumption Continue(RunHistory history, PipelinePlan plan, RunIdentity now, IReadOnlyList<PlannedStage>? selection, Action<string> warn)
    {
        IReadOnlyList<string> changes = history.Identity.Changes(now);
        if (changes.Count > 0)
        {
            throw new InvalidUsageException(
                $"The run {history.Identity.Run} cannot go on: what it was started with has changed.",
                string.Join('\n', changes.Select(change => "  " + change)),
                "Put it back as it was, or start a new run: it finds what is there already (the image, the commit) and does not do it twice.");
        }

        if (history.TornTail is { } torn)
            warn(torn);
        Resumption resumption = Resumption.Continue(history, plan, selection);
        foreach (string note in resumption.Notes)
            warn(note);
        return resumption;
    }

    /// <summary>The outputs of the newest finished run of the same commit, for <c>--from</c> and <c>--stage</c>; null where everything is to run.</summary>
    /// <exception cref="InvalidUsageException"><c>--from</c> was given, and there is no such run.</exception>
    public static Resumption? Reuse(Invocation invocation, PipelinePlan plan, RunIdentity now, IReadOnlyList<PlannedStage>? selection, Action<string> warn)
    {
        if (selection is null)
            return null;
        if (KeptRuns.ToReuse(invocation.Directory, now, out string? why) is not { } history)
        {
            return now.From is null ? null : throw new InvalidUsageException(
                $"--from '{now.From}': there is no finished run of the same commit whose outputs could be taken.",
                $"  {why}",
                $"Run it from the start, or run the stage with all that it needs: --stage '{now.From}'. All runs: dotnet run --project build -- runs");
        }

        Resumption resumption = Resumption.Reuse(history, plan, now.From is null ? selection : [.. selection.Where(stage => stage.Name == now.From)], selection);
        foreach (string note in resumption.Notes)
            warn(note);
        return resumption;
    }

    /// <summary>A stage and all that depends on it.</summary>
    public static List<PlannedStage> Downstream(PipelinePlan plan, PlannedStage from)
    {
        bool[] taken = new bool[plan.Stages.Count];
        taken[from.Index] = true;
        foreach (PlannedStage stage in plan.Stages)
            taken[stage.Index] |= stage.Dependencies.Any(dependency => taken[dependency.Index]);
        return [.. plan.Stages.Where(stage => taken[stage.Index])];
    }

    /// <summary>What is taken over, in a line or two.</summary>
    public static string Describe(Resumption resumption, RunHistory? history)
    {
        string restored = resumption.Count == 1 ? "1 stage is restored" : string.Create(CultureInfo.InvariantCulture, $"{resumption.Count} stages are restored");
        if (history is null)
            return $"Taking the outputs of the run {resumption.Run}, of the same commit: {restored}.";
        string text = $"Going on with the run {resumption.Run}, which {Ended(history)}: {restored}.";
        if (resumption.Again.Count > 0)
            text += $" Again: {string.Join(", ", resumption.Again.Select(stage => $"'{stage}'"))}.";
        if (resumption.WasCancelled)
            text += " It was being cancelled and undone: that is finished first; resume once more to go on.";
        return text;
    }

    /// <summary>What a cancelled run left, and how to go on.</summary>
    /// <param name="result">How it ended.</param>
    /// <param name="run">Its id.</param>
    /// <param name="leaves">Who says that what was deployed stays; null where it is undone.</param>
    public static string AfterCancel(RunResult result, string run, string? leaves)
    {
        string left = result.Undos.Count > 0 ? result.Undos.All(undo => undo.Failure is null) ? "what was deployed and not proven was undone" : "not all that was deployed could be undone: see above"
            : leaves is not null ? $"what was done is left as it is ({leaves})"
            : "nothing was deployed that is not proven";
        return $"The run was cancelled, and {left}. Go on with it: dotnet run --project build -- resume {run}";
    }

    private static string Ended(RunHistory history) => history.Status switch
    {
        null => "did not come to its end",
        RunStatus.Cancelled => "was cancelled",
        _ => "failed",
    };
}
