namespace Pipelines.Core.Reporting;

/// <summary>What a run means for the person who reads it at two in the morning: how it ended, what runs where now, what to do next. Console, summary and report page all tell the same story.</summary>
internal static class RunStory
{
    /// <summary>Such as <c>order-service: succeeded in 4.1 s</c> or <c>order-service failed: smoke staging (4.1 s)</c>.</summary>
    public static string Headline(RunRecord record)
    {
        RunResult result = record.Result!;
        string duration = Amounts.Duration(result.Duration);
        return record.Plan!.Name + result.Status switch
        {
            RunStatus.Succeeded when Waiting(record).FirstOrDefault() is { Stage: { } stage } => $": waits for a human at '{stage.Name}' ({duration})",
            RunStatus.Succeeded => $": succeeded in {duration}",
            RunStatus.Cancelled => $": cancelled after {duration}",
            _ => $" failed: {string.Join(", ", Failed(record).Select(stage => stage.Name))} ({duration})",
        };
    }

    /// <summary>The stages that failed or timed out.</summary>
    public static IEnumerable<StageRecord> Failed(RunRecord record) => record.Stages.Where(stage => stage.Failure is not null);

    /// <summary>The stages that left the rest to a person.</summary>
    public static IEnumerable<(StageRecord Stage, SkipCause.WaitingForHuman For)> Waiting(RunRecord record)
    {
        foreach (StageRecord stage in record.Stages)
            if (stage.Outcome is StageOutcome.Skipped { Cause: SkipCause.WaitingForHuman waiting })
                yield return (stage, waiting);
    }

    /// <summary>Whether there is more to tell than that all went well.</summary>
    public static bool NeedsALook(RunRecord record) => record.Result!.Status != RunStatus.Succeeded || Undone(record).Any() || Waiting(record).Any();

    /// <summary>The stages that were undone, or whose undo failed.</summary>
    public static IEnumerable<StageRecord> Undone(RunRecord record) => record.Stages.Where(stage => stage.Undo is not null);

    /// <summary>One sentence for each environment: what runs there now, as far as this run knows.</summary>
    public static List<string> RunningNow(RunRecord record)
    {
        var sentences = new List<string>();
        foreach (IGrouping<string, StageRecord> environment in record.Stages.Where(stage => stage.Stage.Environment is not null && !stage.Stage.Always).GroupBy(stage => stage.Stage.Environment!))
        {
            StageRecord? deploy = environment.FirstOrDefault(stage => stage.Fact("manifest commit") is not null) ?? environment.FirstOrDefault(stage => stage.Undo is not null);
            if (deploy is not null)
                sentences.Add($"{environment.Key}: {AfterDeploy(record, environment, deploy)}");
            else if (environment.All(stage => stage.StartedAt is null))
                sentences.Add($"{environment.Key}: not touched; it runs what it ran before");
            else if (environment.FirstOrDefault(stage => stage.Outcome is { HasOutput: false } && stage.StartedAt is not null) is { } broken)
                sentences.Add($"{environment.Key}: '{broken.Name}' {broken.Outcome!.Word} without saying that it changed anything; its log tells how far it came");
        }

        return sentences;
    }

    /// <summary>What to do next, most useful first. Empty where all is well.</summary>
    public static List<NextStep> NextSteps(RunRecord record, Func<PlannedStage, string?> logOf)
    {
        List<NextStep> steps = [.. Waiting(record).Select(waiting => new NextStep($"'{waiting.Stage.Name}' waits for a human: {waiting.For.What}{(waiting.For.Advice is { } advice ? $". {advice}" : "")}"))];
        foreach (StageRecord stage in record.Stages)
            if (stage.Undo is { Failure: not null })
                steps.Add(new($"finish by hand what the undo of '{stage.Name}' could not: {stage.Undo.Failure.Advice ?? "revert " + (stage.Fact("manifest commit") is { } commit ? $"manifest commit {commit}" : "what it did")}"));
        foreach (StageRecord stage in Failed(record).Take(3))
        {
            if (logOf(stage.Stage) is { } log)
                steps.Add(new($"read the log of '{stage.Name}'", log));
        }

        foreach (StageRecord stage in Undone(record))
            if (stage.Fact("blocked") is not null && stage.Stage.Environment is { } environment)
                steps.Add(new($"this version stays out of {environment}: deploy a new commit, or let this one in again where it is not to blame", $"dotnet run --project build -- unblock --env {environment} --reason '…'"));
        if (Failed(record).FirstOrDefault() is { } first)
        {
            steps.Add(Again(record.Run!, first));
            if (!record.Run!.IsCi) // on a CI system the next job may not see this folder
                steps.Add(new("or, where nothing of the sources has to change, go on from there", $"dotnet run --project build -- resume {record.Run.Id}"));
        }

        return steps;
    }

    /// <summary>On a CI system the job is run again: the same line on a laptop would run in the sandbox, with the laptop's files.</summary>
    private static NextStep Again(RunInfo run, StageRecord failed) => run.IsCi
        ? new($"when that is mended, run this job of {run.Host} again{(run.BuildUrl is null ? "" : $": {run.BuildUrl}")}")
        : new("when that is mended, run it again with what it needs", $"dotnet run --project build -- --stage {Quoted(failed.Name)}{(run.Mode == RunMode.Live ? " --live" : "")}");

    private static string AfterDeploy(RunRecord record, IEnumerable<StageRecord> environment, StageRecord deploy)
    {
        string? tag = deploy.Fact("tag") ?? record.Fact("tag");
        string? previous = deploy.Fact("previous tag");
        string commit = deploy.Fact("manifest commit") is { } id ? $" (manifest commit {id})" : "";
        switch (deploy.Undo)
        {
            case { Failure: not null }:
                return $"may still run {tag ?? "the new image"}{commit}: the undo failed";
            case { Report.Changed: true }:
                return previous is null ? "taken back to what it ran before" : $"back to {previous}, as before this run";
            case { Report: { } report }:
                return report.Summary;
        }

        string runs = $"runs {tag ?? "the new image"}{commit}";
        return environment.Any(stage => stage.Outcome is { IsFailure: true }) ? $"{runs}, which was not undone" : runs;
    }

    private static string Quoted(string name)
    {
        foreach (char character in name)
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.' or '/'))
                return $"'{name.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        return name;
    }
}
