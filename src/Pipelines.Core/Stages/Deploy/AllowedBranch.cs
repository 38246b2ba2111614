using System.IO.Enumeration;

namespace Pipelines.Core.Stages.Deploy;

/// <summary>Whether a commit may get into an environment, whichever command asks: the branches are the environment's own rule. In the sandbox nothing real is at stake, and every branch is welcome.</summary>
internal static class AllowedBranch
{
    /// <param name="environment">The environment.</param>
    /// <param name="source">The commit.</param>
    /// <param name="run">The run.</param>
    /// <param name="what">What is refused, such as <c>deployment to</c>.</param>
    /// <exception cref="InvalidUsageException">It may not.</exception>
    public static void Check(DeploymentEnvironment environment, SourceRevision source, RunInfo run, string what)
    {
        if (environment.AllowedBranches.Count == 0 || run.Mode == RunMode.Sandbox)
            return;
        // The branch of a pull request is named by whoever opened it, a fork's owner included.
        if (run.PullRequest is null && source.Branch is not null && environment.AllowedBranches.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, source.Branch, ignoreCase: false)))
            return;
        string reason = run.PullRequest is { } number ? $"this run builds pull request {number}"
            : source.Branch is null ? "the branch of its commit is not known" : $"the branch '{source.Branch}' may not get there";
        throw new InvalidUsageException(
            $"The {what} '{environment.Name}' is refused: {reason}.",
            $"  commit {source.Commit}\n  allowed: {string.Join(", ", environment.AllowedBranches)}",
            $"Merge it into {(environment.AllowedBranches.Count == 1 ? "that branch" : "one of those branches")}, or change the environment's branches (the setting {environment.Name}.branches, DeploymentEnvironment.AllowedBranches).");
    }
}
