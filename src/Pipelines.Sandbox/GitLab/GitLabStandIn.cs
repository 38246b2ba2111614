using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pipelines.Core;
using Pipelines.Sandbox.CodeHosts;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.GitLab;

/// <summary>GitLab's REST API for the merge requests of one project: https://docs.gitlab.com/api/merge_requests and https://docs.gitlab.com/api/notes.</summary>
internal sealed class GitLabStandIn(PullRequestStore requests, Secret token) : IStandIn
{
    private const string Project = GitHub.GitHubStandIn.Project;

    private readonly byte[] _token = Encoding.UTF8.GetBytes(token.Reveal());

    public async Task HandleAsync(HttpContext http)
    {
        if (!System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.Request.Headers["PRIVATE-TOKEN"].ToString()), _token))
        {
            await ErrorAsync(http, 401, "401 Unauthorized").ConfigureAwait(false);
            return;
        }

        // The slash in the project's path comes escaped, which Path does not keep apart from others.
        string root = $"/api/v4/projects/{Uri.EscapeDataString(Project)}/";
        string path = (http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "").Split('?')[0];
        string[] parts = path.StartsWith(root, StringComparison.OrdinalIgnoreCase) ? path[root.Length..].Split('/') : [];
        int number = parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : 0;
        SandboxPullRequest? request = requests.Find(number);
        switch (http.Request.Method, parts)
        {
            case ("GET", ["merge_requests"]):
                await RequestBody.ArrayAsync(http, requests.All.Where(one => http.Request.Query["state"] != "opened" || one.State == "open").Reverse(), (json, one) => Write(json, one, http)).ConfigureAwait(false);
                break;
            case ("POST", ["merge_requests"]):
                await OpenAsync(http).ConfigureAwait(false);
                break;
            case ("GET", ["merge_requests", _]) when request is not null:
                bool conflicts = await requests.HasConflictsAsync(request, http.RequestAborted).ConfigureAwait(false);
                await http.JsonAsync(200, json =>
                {
                    json.WriteBoolean("has_conflicts", conflicts);
                    Write(json, request, http);
                }).ConfigureAwait(false);
                break;
            case ("PUT", ["merge_requests", _]) when request is not null:
                IReadOnlyDictionary<string, string> change = await RequestBody.ReadAsync(http).ConfigureAwait(false) ?? new Dictionary<string, string>();
                SandboxPullRequest changed = requests.Change(number, one => one with
                {
                    Title = change.GetValueOrDefault("title", one.Title),
                    Body = change.GetValueOrDefault("description", one.Body),
                    State = one.State == "open" && change.GetValueOrDefault("state_event") == "close" ? "closed" : one.State,
                })!;
                await http.JsonAsync(200, json => Write(json, changed, http)).ConfigureAwait(false);
                break;
            case ("PUT", ["merge_requests", _, "merge"]) when request is { State: "open" }:
                await requests.MergeAsync(number, "sandbox-human", http.RequestAborted).ConfigureAwait(false);
                await http.JsonAsync(200, json => Write(json, requests.Find(number)!, http)).ConfigureAwait(false);
                break;
            case ("GET", ["merge_requests", _, "notes"]) when request is not null:
                await RequestBody.ArrayAsync(http, request.Comments.Select((text, index) => (Id: index, Text: text)), (json, one) => WriteNote(json, one.Id, one.Text)).ConfigureAwait(false);
                break;
            case ("POST", ["merge_requests", _, "notes"]) when request is not null:
                string text = (await RequestBody.ReadAsync(http).ConfigureAwait(false))?.GetValueOrDefault("body") ?? "";
                requests.Change(number, one => one with { Comments = [.. one.Comments, text] });
                await http.JsonAsync(201, json => WriteNote(json, request.Comments.Count, text)).ConfigureAwait(false);
                break;
            case ("PUT", ["merge_requests", _, "notes", var note]) when request is not null && int.TryParse(note, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id < request.Comments.Count:
                string now = (await RequestBody.ReadAsync(http).ConfigureAwait(false))?.GetValueOrDefault("body") ?? "";
                requests.Change(number, one => one with { Comments = [.. one.Comments.Select((old, index) => index == id ? now : old)] });
                await http.JsonAsync(200, json => WriteNote(json, id, now)).ConfigureAwait(false);
                break;
            default:
                await ErrorAsync(http, 404, "404 Not found").ConfigureAwait(false);
                break;
        }
    }

    private async Task OpenAsync(HttpContext http)
    {
        IReadOnlyDictionary<string, string>? body = await RequestBody.ReadAsync(http).ConfigureAwait(false);
        SandboxPullRequest? opened = body is null || !body.ContainsKey("title") || !body.ContainsKey("source_branch") || !body.ContainsKey("target_branch")
            ? null
            : await requests.OpenAsync(body["source_branch"], body["target_branch"], body["title"], body.GetValueOrDefault("description", ""), http.RequestAborted).ConfigureAwait(false);
        if (opened is null)
            await ErrorAsync(http, 409, "Another open merge request already exists for this source branch, or a branch does not exist").ConfigureAwait(false);
        else
            await http.JsonAsync(201, json => Write(json, opened, http)).ConfigureAwait(false);
    }

    private static Task ErrorAsync(HttpContext http, int status, string message) => http.JsonAsync(status, json => json.WriteString("message", message));

    private static void WriteNote(Utf8JsonWriter json, int id, string text)
    {
        json.WriteNumber("id", id);
        json.WriteString("body", text);
    }

    private static void Write(Utf8JsonWriter json, SandboxPullRequest request, HttpContext http)
    {
        json.WriteNumber("iid", request.Number);
        json.WriteNumber("source_project_id", 1);
        json.WriteNumber("target_project_id", 1);
        json.WriteString("state", request.State == "open" ? "opened" : request.State);
        json.WriteString("web_url", $"http://{http.Request.Host}/{Project}/-/merge_requests/{request.Number}");
        json.WriteString("title", request.Title);
        json.WriteString("description", request.Body);
        json.WriteString("source_branch", request.Branch);
        json.WriteString("target_branch", request.Target);
        json.WriteString("merge_commit_sha", request.MergeCommit);
        json.WriteNull("squash_commit_sha");
        if (request.MergedBy is null)
        {
            json.WriteNull("merge_user");
            return;
        }

        json.WriteStartObject("merge_user");
        json.WriteString("username", request.MergedBy);
        json.WriteEndObject();
    }
}
