using System.Text.Json;
using Pipelines.Core.Clients.CodeHosts;
using Pipelines.Core.Clients.Http;

namespace Pipelines.Core.Clients.GitLab;

/// <summary>GitLab's REST API, as far as deliveries need it: https://docs.gitlab.com/api/merge_requests and https://docs.gitlab.com/api/notes.</summary>
internal sealed class GitLabClient : IPullRequests
{
    private readonly JsonApi _api;
    private readonly string _path;
    private readonly string _project;

    /// <exception cref="InvalidUsageException">The address or the project is not usable.</exception>
    public GitLabClient(CodeHostProject project, Secret token, RunMode mode, TimeProvider time)
    {
        _path = project.Path;
        _project = "/projects/" + Uri.EscapeDataString(project.Path);
        Uri root = CodeHostAddress.Check(project, new Uri("https://gitlab.com/api/v4"), mode);
        _api = new JsonApi("GitLab", root, headers => headers.Add("PRIVATE-TOKEN", token.Reveal()), $"Check the token that {token.Source} refers to: it may be expired, or lack the scope 'api' or the role Developer in {_path}.", time);
    }

    public string Name => $"{_path} on GitLab";

    public string Sign(int number) => $"!{number}";

    public async Task<IReadOnlyList<PullRequest>> ListOpenAsync(string branchPrefix, CancellationToken cancellationToken) =>
        [.. (await ListAsync("state=opened", cancellationToken).ConfigureAwait(false)).Where(one => one.Branch.StartsWith(branchPrefix, StringComparison.Ordinal))];

    public async Task<PullRequest?> FindAsync(string branch, CancellationToken cancellationToken) =>
        (await ListAsync($"state=all&source_branch={Uri.EscapeDataString(branch)}", cancellationToken).ConfigureAwait(false)).FirstOrDefault(one => one.Branch == branch);

    public async Task<PullRequest> CreateAsync(string branch, string target, string title, string body, CancellationToken cancellationToken)
    {
        const string Doing = "open a merge request";
        return Read(await _api.SendAsync(HttpMethod.Post, $"{_project}/merge_requests", json =>
        {
            json.WriteString("source_branch", branch);
            json.WriteString("target_branch", target);
            json.WriteString("title", title);
            json.WriteString("description", body);
            json.WriteBoolean("remove_source_branch", true);
        }, Doing, cancellationToken).ConfigureAwait(false), Doing);
    }

    public Task UpdateAsync(int number, string title, string body, CancellationToken cancellationToken) =>
        _api.SendAsync(HttpMethod.Put, $"{_project}/merge_requests/{number}", json =>
        {
            json.WriteString("title", title);
            json.WriteString("description", body);
        }, $"change merge request !{number}", cancellationToken);

    public async Task<PullRequest> GetAsync(int number, CancellationToken cancellationToken)
    {
        string doing = $"tell how merge request !{number} stands";
        return Read(await _api.SendAsync(HttpMethod.Get, $"{_project}/merge_requests/{number}", null, doing, cancellationToken).ConfigureAwait(false), doing);
    }

    public Task CloseAsync(int number, CancellationToken cancellationToken) =>
        _api.SendAsync(HttpMethod.Put, $"{_project}/merge_requests/{number}", json => json.WriteString("state_event", "close"), $"close merge request !{number}", cancellationToken);

    public async Task CommentAsync(int number, string marker, string body, CancellationToken cancellationToken)
    {
        string doing = $"comment on merge request !{number}";
        string notes = $"{_project}/merge_requests/{number}/notes";
        IReadOnlyList<JsonElement> all = await _api.ListAsync(notes + "?per_page=100", doing, cancellationToken).ConfigureAwait(false);
        long? ours = all.Where(note => _api.Read(note, doing, json => json.GetProperty("body").GetString() ?? "").StartsWith(marker, StringComparison.Ordinal)).Select(note => (long?)note.GetProperty("id").GetInt64()).FirstOrDefault();
        await _api.SendAsync(ours is null ? HttpMethod.Post : HttpMethod.Put, ours is null ? notes : $"{notes}/{ours}", json => json.WriteString("body", $"{marker}\n{body}"), doing, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<PullRequest>> ListAsync(string which, CancellationToken cancellationToken)
    {
        const string Doing = "list the merge requests";
        IReadOnlyList<JsonElement> all = await _api.ListAsync($"{_project}/merge_requests?{which}&order_by=created_at&sort=desc&per_page=100", Doing, cancellationToken).ConfigureAwait(false);
        return
        [
            .. all.Where(one => _api.Read(one, Doing, json => json.GetProperty("source_project_id").ValueKind == JsonValueKind.Number && json.GetProperty("source_project_id").GetInt64() == json.GetProperty("target_project_id").GetInt64()))
                .Select(one => Read(one, Doing)),
        ];
    }

    private PullRequest Read(JsonElement json, string doing) => _api.Read(json, doing, one => new PullRequest(
        one.GetProperty("iid").GetInt32(),
        new Uri(one.GetProperty("web_url").GetString()!),
        one.GetProperty("source_branch").GetString()!,
        // "locked" is the moment in which a merge happens.
        one.GetProperty("state").GetString() switch { "merged" => PullRequestStatus.Merged, "closed" => PullRequestStatus.Closed, _ => PullRequestStatus.Open })
    {
        HasConflicts = one.TryGetProperty("has_conflicts", out JsonElement conflicts) && conflicts.ValueKind == JsonValueKind.True,
        // A fast-forward has no merge commit: then it is the squashed one, or the branch's own.
        MergeCommit = Find(one, "merge_commit_sha") ?? Find(one, "squash_commit_sha") ?? Find(one, "sha"),
        MergedBy = User(one, "merge_user") ?? User(one, "merged_by"),
    });

    private static string? Find(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? User(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement user) && user.ValueKind == JsonValueKind.Object ? user.GetProperty("username").GetString() : null;
}
