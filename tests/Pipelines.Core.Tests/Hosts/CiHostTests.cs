using Pipelines.Core.Hosts;

namespace Pipelines.Core.Tests.Hosts;

public class CiHostTests
{
    private const string Sha = "3f2a9c1b7d4e5f60718293a4b5c6d7e8f9012345";

    [Fact]
    public void Detect_NoVariables_IsLocal()
    {
        CiHost host = Detect();
        Assert.Equal(("local", false), (host.Name, host.IsCi));
        Assert.False(host.HasGroups);
        Assert.Null(host.GroupStart("id", "title", DateTimeOffset.UnixEpoch));
        Assert.Null(host.Annotation(LogLevel.Error, "title", "text"));
        Assert.Null(host.AddMask("value"));
        Assert.Equal("::set-env name=A::b", host.Neutralise("::set-env name=A::b"));
    }

    [Theory]
    [InlineData("CI", "true", true)]
    [InlineData("CI", "1", true)]
    [InlineData("TF_BUILD", "True", true)]
    [InlineData("CI", "false", false)]
    [InlineData("CI", "", false)]
    public void Detect_OtherCi_IsToldByItsVariable(string name, string value, bool isCi)
    {
        CiHost host = Detect((name, value));
        Assert.Equal((isCi ? "CI" : "local", isCi), (host.Name, host.IsCi));
    }

    [Fact]
    public void Detect_GitHubBranch_HasItsFacts()
    {
        CiHost host = Detect(
            ("GITHUB_ACTIONS", "true"), ("CI", "true"), ("GITHUB_REF", "refs/heads/feature/x"), ("GITHUB_SHA", Sha), ("GITHUB_REPOSITORY", "shop/order-service"), ("GITHUB_RUN_ID", "77"),
            ("GITHUB_SERVER_URL", "https://github.example.com"), ("GITHUB_ACTOR", "alice"), ("GITHUB_TRIGGERING_ACTOR", "bob"), ("GITHUB_STEP_SUMMARY", "/tmp/summary"));
        Assert.Equal(("GitHub Actions", true, "feature/x", Sha, null, "bob", "/tmp/summary"), (host.Name, host.IsCi, host.Branch, host.CommitSha, host.PullRequest, host.Actor, host.SummaryPath));
        Assert.Equal("https://github.example.com/shop/order-service/actions/runs/77", host.BuildUrl?.AbsoluteUri);
    }

    [Theory]
    [InlineData("GITHUB_ACTIONS", "GITHUB_REPOSITORY", "GITHUB_API_URL", CodeHost.GitHub)]
    [InlineData("GITLAB_CI", "CI_PROJECT_PATH", "CI_API_V4_URL", CodeHost.GitLab)]
    [InlineData("GITLAB_CI", "CI_MERGE_REQUEST_PROJECT_PATH", "CI_API_V4_URL", CodeHost.GitLab)]
    public void Detect_CodeHost_HasTheProjectOfItsPullRequests(string on, string project, string api, CodeHost host) =>
        Assert.Equal(new HostProject(host, "shop/order-service", new Uri("https://code.example.com/api")), Detect((on, "true"), (project, "shop/order-service"), (api, "https://code.example.com/api")).Project);

    [Fact]
    public void Detect_GitHubPullRequest_HasItsNumberAndItsOwnBranch()
    {
        CiHost host = Detect(("GITHUB_ACTIONS", "true"), ("GITHUB_REF", "refs/pull/42/merge"), ("GITHUB_HEAD_REF", "fix/y"));
        Assert.Equal((42, "fix/y"), (host.PullRequest, host.Branch));
    }

    [Fact]
    public void Detect_GitHubTag_HasNoBranch() => Assert.Null(Detect(("GITHUB_ACTIONS", "true"), ("GITHUB_REF", "refs/tags/v1")).Branch);

    [Fact]
    public void Detect_GitLabMergeRequest_HasItsFacts()
    {
        CiHost host = Detect(
            ("GITLAB_CI", "true"), ("CI", "true"), ("CI_JOB_URL", "https://gitlab.example.com/shop/order/-/jobs/9"), ("CI_MERGE_REQUEST_IID", "7"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "fix/y"), ("CI_COMMIT_SHA", Sha), ("GITLAB_USER_LOGIN", "alice"));
        Assert.Equal(("GitLab CI", "fix/y", 7, Sha, "alice", "https://gitlab.example.com/shop/order/-/jobs/9"), (host.Name, host.Branch, host.PullRequest, host.CommitSha, host.Actor, host.BuildUrl?.AbsoluteUri));
    }

    [Theory]
    [InlineData("origin/main", null, null, "main", null)]
    [InlineData("origin/PR-5", "5", "fix/y", "fix/y", 5)]
    [InlineData("detached", null, null, null, null)]
    public void Detect_Jenkins_KnowsBranchesAndChanges(string gitBranch, string? change, string? changeBranch, string? branch, int? number)
    {
        CiHost host = Detect(("JENKINS_URL", "https://ci.example.com/"), ("BUILD_URL", "https://ci.example.com/job/x/3/"), ("GIT_BRANCH", gitBranch), ("CHANGE_ID", change ?? ""), ("CHANGE_BRANCH", changeBranch ?? ""), ("GIT_COMMIT", Sha));
        Assert.Equal(("Jenkins", branch, number, Sha, "https://ci.example.com/job/x/3/"), (host.Name, host.Branch, host.PullRequest, host.CommitSha, host.BuildUrl?.AbsoluteUri));
    }

    [Theory]
    [InlineData("branch/main", "main", null)]
    [InlineData("pr/12", null, 12)]
    [InlineData("tag/v1", null, null)]
    public void Detect_CodeBuild_ReadsTheTrigger(string trigger, string? branch, int? number)
    {
        CiHost host = Detect(("CODEBUILD_BUILD_ID", "order:1"), ("CODEBUILD_WEBHOOK_TRIGGER", trigger), ("CODEBUILD_RESOLVED_SOURCE_VERSION", Sha), ("CODEBUILD_INITIATOR", "GitHub-Hookshot/1"));
        Assert.Equal(("CodeBuild", true, branch, number, Sha, "GitHub-Hookshot/1"), (host.Name, host.IsCi, host.Branch, host.PullRequest, host.CommitSha, host.Actor));
    }

    [Fact]
    public void Detect_ValuesOfWrongForm_CountAsUnknown()
    {
        CiHost host = Detect(("JENKINS_URL", "x"), ("BUILD_URL", "https://user:token@ci.example.com/"), ("GIT_COMMIT", "main"), ("CHANGE_ID", "-3"));
        Assert.Equal((null, null, null), (host.BuildUrl, host.CommitSha, host.PullRequest));
    }

    [Theory]
    [InlineData("::set-env name=PATH::/evil", ": :set-env name=PATH::/evil")]
    [InlineData("  \t::stop-commands::x", "  \t: :stop-commands::x")]
    [InlineData("text ##[set-output name=a]b", "text ## [set-output name=a]b")]
    [InlineData("##[endgroup]", "## [endgroup]")]
    [InlineData("std::vector<int> is fine", "std::vector<int> is fine")]
    public void Neutralise_CommandsOfGitHub_AreTakenApart(string line, string expected) => Assert.Equal(expected, Detect(("GITHUB_ACTIONS", "true")).Neutralise(line));

    [Fact]
    public void Annotation_OnGitHub_EscapesTitleAndText() => Assert.Equal(
        "::error title=a%3Ab%2C 100%25::line 1%0Aline 2: 5%25, done",
        Detect(("GITHUB_ACTIONS", "true")).Annotation(LogLevel.Error, "a:b, 100%", "line 1\nline 2: 5%, done"));

    [Fact]
    public void AddMask_OnGitHub_KeepsItOneLine() => Assert.Equal("::add-mask::one%0Atwo%25", Detect(("GITHUB_ACTIONS", "true")).AddMask("one\ntwo%"));

    [Fact]
    public void Groups_OnGitLab_AreCollapsedSections()
    {
        CiHost host = Detect(("GITLAB_CI", "true"));
        Assert.Equal("\u001b[0Ksection_start:10:stage_1[collapsed=true]\r\u001b[0Klint", host.GroupStart("stage_1", "lint", DateTimeOffset.FromUnixTimeSeconds(10)));
        Assert.Equal("\u001b[0Ksection_end:12:stage_1\r\u001b[0K", host.GroupEnd("stage_1", DateTimeOffset.FromUnixTimeSeconds(12)));
        Assert.Equal("section_end :1:stage_1", host.Neutralise("section_end:1:stage_1"));
    }

    [Fact]
    public void Process_Variables_AreThoseOfTheProcess() => Assert.Equal(Environment.GetEnvironmentVariable("PATH"), HostEnvironment.Process.Get("PATH"));

    private static CiHost Detect(params (string Name, string Value)[] variables) => CiHost.Detect(HostEnvironment.Of(variables.ToDictionary(variable => variable.Name, variable => variable.Value)));
}
