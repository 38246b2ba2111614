namespace Pipelines.Core.Hosts;

/// <summary>The system a run is on: what it knows of the build, and how it wants its log.</summary>
internal record CiHost
{
    /// <summary>The name, such as <c>GitHub Actions</c>, or <c>local</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it is a CI system.</summary>
    public required bool IsCi { get; init; }

    /// <summary>The page of this build.</summary>
    public Uri? BuildUrl { get; init; }

    /// <summary>The branch that is built: for a pull request the one it comes from; null for tags and where unknown.</summary>
    public string? Branch { get; init; }

    /// <summary>The full commit id that is checked out.</summary>
    public string? CommitSha { get; init; }

    /// <summary>The number of the pull or merge request.</summary>
    public int? PullRequest { get; init; }

    /// <summary>The project whose pull requests these are; null where the host does not say.</summary>
    public HostProject? Project { get; init; }

    /// <summary>Who pushed or pressed the button.</summary>
    public string? Actor { get; init; }

    /// <summary>The file whose Markdown the host shows on the page of the build.</summary>
    public string? SummaryPath { get; init; }

    /// <summary>Whether the host folds groups of lines: a stage's lines are then printed together when it ends.</summary>
    public virtual bool HasGroups => false;

    /// <summary>Whether the host shows colours though its log is no terminal.</summary>
    public virtual bool ShowsColors => false;

    /// <summary>The line that opens a group; null where there are none.</summary>
    /// <param name="id">What ties the start to the end: letters, digits, dot, dash, underscore.</param>
    /// <param name="title">What a reader sees; one line.</param>
    /// <param name="at">When the group's work started.</param>
    public virtual string? GroupStart(string id, string title, DateTimeOffset at) => null;

    /// <summary>The line that closes a group; null where there are none.</summary>
    public virtual string? GroupEnd(string id, DateTimeOffset at) => null;

    /// <summary>The line that shows a message on the page of the build; null where the host has no such thing.</summary>
    public virtual string? Annotation(LogLevel level, string title, string text) => null;

    /// <summary>The line that makes the host itself mask a value; null where it cannot. The line holds the value: it goes to the host's log and nowhere else.</summary>
    public virtual string? AddMask(string value) => null;

    /// <summary>The line of a tool with anything in it taken apart that this host would read as a command.</summary>
    public virtual string Neutralise(string line) => line;

    /// <summary>Finds out where the run is.</summary>
    public static CiHost Detect(HostEnvironment environment)
    {
        if (environment.IsTrue("GITHUB_ACTIONS"))
            return GitHubActionsHost.From(environment);
        if (environment.IsTrue("GITLAB_CI"))
            return GitLabHost.From(environment);
        if (environment.Get("JENKINS_URL") is not null)
            return JenkinsVariables.Read(environment);
        if (environment.Get("CODEBUILD_BUILD_ID") is not null)
            return CodeBuildVariables.Read(environment);
        // Azure Pipelines sets TF_BUILD; most others set CI.
        bool isCi = environment.IsTrue("CI") || environment.IsTrue("TF_BUILD");
        return new CiHost { Name = isCi ? "CI" : "local", IsCi = isCi };
    }
}
