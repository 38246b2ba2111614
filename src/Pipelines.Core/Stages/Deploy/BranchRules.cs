using System.Text.RegularExpressions;

namespace Pipelines.Core.Stages.Deploy;

/// <summary>Which branches' commits may get into a protected environment, whichever command asks.</summary>
internal static class BranchRules
{
    /// <exception cref="InvalidUsageException">The commit's branch may not get there, in a live run; the sandbox only says so.</exception>
    public static void Check(DeploymentEnvironment environment, SourceRevision source, StageContext context)
    {
        if (environment.AllowedBranches.Count == 0)
            return;
        string allowed = string.Join(", ", environment.AllowedBranches);
        string? why = context.Run.PullRequest is { } number ? $"this run builds pull request {number}"
            : source.Branch is null ? $"the branch of commit {source.ShortCommit} is not known"
            : !environment.AllowedBranches.Any(pattern => Fits(pattern, source.Branch)) ? $"commit {source.ShortCommit} is of the branch '{source.Branch}'"
            : null;
        if (why is null)
            return;
        if (context.Run.Mode == RunMode.Sandbox)
            context.Log.Warning($"A live run would refuse this for '{environment.Name}': {why}, and only {allowed} may get there.");
        else
            throw new InvalidUsageException($"The deployment to '{environment.Name}' is refused: {why}.", $"  branches that may get there: {allowed}", "Merge it first. Which branches may is DeploymentEnvironment.AllowedBranches.");
    }

    private static bool Fits(string pattern, string branch) =>
        Regex.IsMatch(branch, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "\\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
}
