using System.Net.Http.Headers;
using System.Text.Json;
using Pipelines.Core.Clients.CodeHosts;
using Pipelines.Core.Clients.Http;

namespace Pipelines.Core.Clients.GitHub;

/// <summary>GitHub's REST API, as far as deliveries and approvals need it: https://docs.github.com/rest/pulls/pulls, https://docs.github.com/rest/issues/comments and https://docs.github.com/rest/actions/workflow-runs.</summary>
internal sealed class GitHubClient : IPullRequests
{
    private readonly JsonApi _api;
    private readonly string _path;

    /// <exception cref="InvalidUsageException">The address or the project is not usable.</exception>
    public GitHubClient(CodeHostProject project, Secret token, RunMode mode, TimeProvider time)
    {
        _path = project.Path;
        Uri root = CodeHostAddress.Check(project, new Uri("https://api.github.com"), mode);
        _api = new JsonApi("GitHub", root, Authorize, $"Check the token that {token.Source} refers to: it may be expired, or lack the permissions 'pull requests: write', 'issues: write' (comments) or 'actions: read' (reviews) for {_path}.", time);

        void Authorize(HttpRequestHeaders headers)
        {
            headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
            headers.Accept.ParseAdd("application/vnd.github+json");
            headers.Add("X-GitHub-Api-Version", "2022-11-28");
        }
    }

    public string Name => $"{_path} on GitHub";

    public string Sign(int number) => $"#{number}";

    public async Task<IReadOnlyList<PullRequest>> ListOpenAsync(string branchPrefix, CancellationToken cancellationToken) =>
        [.. (await ListAsync("state=open", cancellationToken).ConfigureAwait(false)).Where(one => one.Branch.StartsWith(branchPrefix, StringComparison.Ordinal))];

    public async Task<PullRequest?> FindAsync(string branch, CancellationToken cancellationToken) =>
        (await ListAsync($"state=all&head={Uri.EscapeDataString($"{_path.Split('/')[0]}:{branch}")}", cancellationToken).ConfigureAwait(false)).FirstOrDefault(one => one.Branch == branch);

    public async Task<PullRequest> CreateAsync(string branch, string target, string title, string body, CancellationToken cancellationToken)
    {
        const string Doing = "open a pull request";
        return Read(await _api.SendAsync(HttpMethod.Post, $"/repos/{_path}/pulls", json =>
        {
            json.WriteString("title", title);
            json.WriteString("head", branch);
            json.WriteString("base", target);
            json.WriteString("body", body);
        }, Doing, cancellationToken).ConfigureAwait(false), Doing);
    }

    public Task UpdateAsync(int number, string title, string body, CancellationToken cancellationToken) =>
        _api.SendAsync(HttpMethod.Patch, $"/repos/{_path}/pulls/{number}", json =>
        {
            json.WriteString("title", title);
            json.WriteString("body", body);
        }, $"change pull request #{number}", cancellationToken);

    public async Task<PullRequest> GetAsync(int number, CancellationToken cancellationToken)
    {
        string doing = $"tell how pull request #{number} stands";
        return Read(await _api.SendAsync(HttpMethod.Get, $"/repos/{_path}/pulls/{number}", null, doing, cancellationToken).ConfigureAwait(false), doing);
    }

    public Task CloseAsync(int number, CancellationToken cancellationToken) =>
        _api.SendAsync(HttpMethod.Patch, $"/repos/{_path}/pulls/{number}", json => json.WriteString("state", "closed"), $"close pull request #{number}", cancellationToken);

    public async Task CommentAsync(int number, string marker, string body, CancellationToken cancellationToken)
    {
        string doing = $"comment on pull request #{number}";
        IReadOnlyList<JsonElement> comments = await _api.ListAsync($"/repos/{_path}/issues/{number}/comments?per_page=100", doing, cancellationToken).ConfigureAwait(false);
        long? ours = comments.Where(comment => _api.Read(comment, doing, json => json.GetProperty("body").GetString() ?? "").StartsWith(marker, StringComparison.Ordinal)).Select(comment => (long?)comment.GetProperty("id").GetInt64()).FirstOrDefault();
        await _api.SendAsync(
            ours is null ? HttpMethod.Post : HttpMethod.Patch,
            ours is null ? $"/repos/{_path}/issues/{number}/comments" : $"/repos/{_path}/issues/comments/{ours}",
            json => json.WriteString("body", $"{marker}\n{body}"),
            doing,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The decisions on the environments of a workflow run, without mere comments (<c>pending</c>): https://docs.github.com/rest/actions/workflow-runs#get-the-review-history-for-a-workflow-run.</summary>
    public async Task<IReadOnlyList<GitHubReview>> ReviewsAsync(string run, CancellationToken cancellationToken)
    {
        string doing = $"tell who reviewed run {run}";
        IReadOnlyList<JsonElement> reviews = await _api.ListAsync($"/repos/{_path}/actions/runs/{Uri.EscapeDataString(run)}/approvals", doing, cancellationToken).ConfigureAwait(false);
        return [.. reviews.Where(review => _api.Read(review, doing, json => json.GetProperty("state").GetString() != "pending")).Select(review => _api.Read(review, doing, json => new GitHubReview(
            json.GetProperty("state").GetString() == "approved",
            json.GetProperty("user").GetProperty("login").GetString()!,
            json.GetProperty("comment").GetString(),
            [.. json.GetProperty("environments").EnumerateArray().Select(environment => environment.GetProperty("name").GetString()!)])))];
    }

    private async Task<IReadOnlyList<PullRequest>> ListAsync(string which, CancellationToken cancellationToken)
    {
        const string Doing = "list the pull requests";
        IReadOnlyList<JsonElement> all = await _api.ListAsync($"/repos/{_path}/pulls?{which}&sort=created&direction=desc&per_page=100", Doing, cancellationToken).ConfigureAwait(false);
        return [.. all.Where(IsOwn).Select(one => Read(one, Doing))];
    }

    private PullRequest Read(JsonElement json, string doing) => _api.Read(json, doing, one => new PullRequest(
        one.GetProperty("number").GetInt32(),
        new Uri(one.GetProperty("html_url").GetString()!),
        one.GetProperty("head").GetProperty("ref").GetString()!,
        // In lists there is no "merged", only when it was.
        one.TryGetProperty("merged_at", out JsonElement mergedAt) && mergedAt.ValueKind == JsonValueKind.String ? PullRequestStatus.Merged
            : one.GetProperty("state").GetString() == "open" ? PullRequestStatus.Open : PullRequestStatus.Closed)
    {
        HasConflicts = one.TryGetProperty("mergeable", out JsonElement mergeable) && mergeable.ValueKind == JsonValueKind.False, // null while GitHub finds out
        MergeCommit = one.TryGetProperty("merge_commit_sha", out JsonElement commit) ? commit.GetString() : null,
        MergedBy = one.TryGetProperty("merged_by", out JsonElement by) && by.ValueKind == JsonValueKind.Object ? by.GetProperty("login").GetString() : null,
    });

    /// <summary>Whether it comes from a branch of the project itself: a fork's branch may have any name.</summary>
    private bool IsOwn(JsonElement json) => json.TryGetProperty("head", out JsonElement head) && head.TryGetProperty("repo", out JsonElement repository) && repository.ValueKind == JsonValueKind.Object
        && string.Equals(repository.GetProperty("full_name").GetString(), _path, StringComparison.OrdinalIgnoreCase);
}
