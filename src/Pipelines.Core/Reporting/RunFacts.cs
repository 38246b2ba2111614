namespace Pipelines.Core.Reporting;

/// <summary>One line about a run: where it runs and what it builds.</summary>
internal static class RunFacts
{
    public static string Line(RunInfo run)
    {
        var parts = new List<string> { Words.Mode(run.Mode) };
        if (run.Source is { } source)
            parts.Add($"commit {source.ShortCommit}{(source.Branch is null ? "" : $" ({source.Branch})")}{(source.IsClean ? "" : $" + {Amounts.Count(source.UncommittedChanges.Count, "uncommitted file")}")}");
        if (run.PullRequest is { } number)
            parts.Add($"pull request {number}");
        if (run.IsCi)
            parts.Add(run.Host);
        if (run.Actor is { } actor)
            parts.Add($"by {actor}");
        parts.Add($"run {run.Id}");
        return LogText.Line(string.Join(" · ", parts));
    }
}
