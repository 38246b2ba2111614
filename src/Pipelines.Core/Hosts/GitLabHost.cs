using System.Globalization;

namespace Pipelines.Core.Hosts;

/// <summary>GitLab CI. Variables: docs.gitlab.com "Predefined CI/CD variables"; lines: docs.gitlab.com "CI/CD job logs", custom collapsible sections.</summary>
internal sealed record GitLabHost : CiHost
{
    // A marker must end with a carriage return and the escape that clears the line, so that nobody sees it.
    private const string Clear = "\u001b[0K";

    public override bool HasGroups => true;

    public override bool ShowsColors => true;

    public static GitLabHost From(HostEnvironment environment) => new()
    {
        Name = "GitLab CI",
        IsCi = true,
        BuildUrl = HostValues.Address(environment.Get("CI_JOB_URL")) ?? HostValues.Address(environment.Get("CI_PIPELINE_URL")),
        // CI_COMMIT_BRANCH is not set in merge request and tag pipelines.
        Branch = environment.Get("CI_COMMIT_BRANCH") ?? environment.Get("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
        CommitSha = HostValues.Commit(environment.Get("CI_COMMIT_SHA")),
        PullRequest = HostValues.Number(environment.Get("CI_MERGE_REQUEST_IID")),
        // A merge request belongs to the project it goes to, also where the pipeline runs in a fork.
        Project = (environment.Get("CI_MERGE_REQUEST_PROJECT_PATH") ?? environment.Get("CI_PROJECT_PATH")) is { } path ? new HostProject(CodeHost.GitLab, path, HostValues.Address(environment.Get("CI_API_V4_URL"))) : null,
        Actor = environment.Get("GITLAB_USER_LOGIN"),
    };

    public override string GroupStart(string id, string title, DateTimeOffset at) => $"{Clear}section_start:{Seconds(at)}:{id}[collapsed=true]\r{Clear}{title}";

    public override string GroupEnd(string id, DateTimeOffset at) => $"{Clear}section_end:{Seconds(at)}:{id}\r{Clear}";

    public override string Neutralise(string line) => line.Contains("section_", StringComparison.Ordinal)
        ? line.Replace("section_start:", "section_start :", StringComparison.Ordinal).Replace("section_end:", "section_end :", StringComparison.Ordinal)
        : line;

    private static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
