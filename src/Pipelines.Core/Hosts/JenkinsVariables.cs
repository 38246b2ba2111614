namespace Pipelines.Core.Hosts;

/// <summary>Jenkins: jenkins.io "Using environment variables" and the variables of the Git and Branch API plugins.</summary>
internal static class JenkinsVariables
{
    public static CiHost Read(HostEnvironment environment)
    {
        string? change = environment.Get("CHANGE_ID");
        string? gitBranch = environment.Get("GIT_BRANCH");
        return new CiHost
        {
            Name = "Jenkins",
            IsCi = true,
            BuildUrl = HostValues.Address(environment.Get("BUILD_URL")),
            // In a change request BRANCH_NAME is PR-123; a job that is no multibranch one has only GIT_BRANCH, with the remote in front.
            Branch = change is not null ? environment.Get("CHANGE_BRANCH")
                : environment.Get("TAG_NAME") is not null || gitBranch == "detached" ? null
                : environment.Get("BRANCH_NAME") ?? HostValues.After(gitBranch, "origin/") ?? gitBranch,
            CommitSha = HostValues.Commit(environment.Get("GIT_COMMIT")),
            PullRequest = HostValues.Number(change),
            Actor = environment.Get("BUILD_USER_ID") ?? environment.Get("CHANGE_AUTHOR"),
        };
    }
}
