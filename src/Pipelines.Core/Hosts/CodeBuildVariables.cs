namespace Pipelines.Core.Hosts;

/// <summary>AWS CodeBuild: docs.aws.amazon.com "Environment variables in build environments".</summary>
internal static class CodeBuildVariables
{
    public static CiHost Read(HostEnvironment environment)
    {
        // branch/NAME, tag/NAME or pr/NUMBER; only for builds that a webhook started.
        string? trigger = environment.Get("CODEBUILD_WEBHOOK_TRIGGER");
        return new CiHost
        {
            Name = "CodeBuild",
            IsCi = true,
            BuildUrl = HostValues.Address(environment.Get("CODEBUILD_BUILD_URL")),
            Branch = HostValues.After(trigger, "branch/") ?? HostValues.After(environment.Get("CODEBUILD_WEBHOOK_HEAD_REF"), "refs/heads/"),
            // For CodePipeline and S3 sources this is no commit id.
            CommitSha = HostValues.Commit(environment.Get("CODEBUILD_RESOLVED_SOURCE_VERSION")),
            PullRequest = HostValues.Number(HostValues.After(trigger, "pr/")),
            Actor = environment.Get("CODEBUILD_INITIATOR"),
        };
    }
}
