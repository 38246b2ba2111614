namespace Pipelines.Core.Hosts;

/// <summary>GitHub Actions. Variables: docs.github.com "Variables reference"; lines: docs.github.com "Workflow commands".</summary>
internal sealed record GitHubActionsHost : CiHost
{
    public override bool HasGroups => true;

    public override bool ShowsColors => true;

    public static GitHubActionsHost From(HostEnvironment environment)
    {
        string? reference = environment.Get("GITHUB_REF");
        string? repository = environment.Get("GITHUB_REPOSITORY");
        string? run = environment.Get("GITHUB_RUN_ID");
        string server = environment.Get("GITHUB_SERVER_URL") ?? "https://github.com";
        return new GitHubActionsHost
        {
            Name = "GitHub Actions",
            IsCi = true,
            BuildUrl = repository is null || run is null ? null : HostValues.Address($"{server}/{repository}/actions/runs/{run}"),
            // GITHUB_HEAD_REF is set for pull requests only; GITHUB_REF is then refs/pull/N/merge, or the target for pull_request_target.
            Branch = environment.Get("GITHUB_HEAD_REF") ?? HostValues.After(reference, "refs/heads/"),
            CommitSha = HostValues.Commit(environment.Get("GITHUB_SHA")),
            PullRequest = HostValues.Number(HostValues.After(reference, "refs/pull/")?.Split('/')[0]),
            Project = repository is null ? null : new HostProject(CodeHost.GitHub, repository, HostValues.Address(environment.Get("GITHUB_API_URL"))),
            Actor = environment.Get("GITHUB_TRIGGERING_ACTOR") ?? environment.Get("GITHUB_ACTOR"),
            SummaryPath = environment.Get("GITHUB_STEP_SUMMARY"),
        };
    }

    public override string GroupStart(string id, string title, DateTimeOffset at) => "::group::" + Data(title);

    public override string GroupEnd(string id, DateTimeOffset at) => "::endgroup::";

    public override string? Annotation(LogLevel level, string title, string text) => level switch
    {
        LogLevel.Error => $"::error title={Property(title)}::{Data(text)}",
        LogLevel.Warning => $"::warning title={Property(title)}::{Data(text)}",
        _ => null,
    };

    public override string AddMask(string value) => "::add-mask::" + Data(value);

    /// <summary>The runner takes a line as a command where it starts with <c>::</c> after white space, and, in the older form, where <c>##[</c> stands anywhere in it.</summary>
    public override string Neutralise(string line)
    {
        if (line.Contains("##[", StringComparison.Ordinal))
            line = line.Replace("##[", "## [", StringComparison.Ordinal);
        ReadOnlySpan<char> start = line.AsSpan().TrimStart();
        if (!start.StartsWith("::", StringComparison.Ordinal))
            return line;
        int colon = line.Length - start.Length;
        return string.Concat(line.AsSpan(0, colon + 1), " ", line.AsSpan(colon + 1));
    }

    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
