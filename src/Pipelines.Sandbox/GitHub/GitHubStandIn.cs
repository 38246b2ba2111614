using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pipelines.Core;
using Pipelines.Sandbox.CodeHosts;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.GitHub;

/// <summary>GitHub's REST API for one repository: pull requests (https://docs.github.com/rest/pulls/pulls), their comments (https://docs.github.com/rest/issues/comments) and the reviews of environments.</summary>
internal sealed class GitHubStandIn(PullRequestStore requests, EnvironmentReviews reviews, Secret token) : IStandIn
{
    public const string Project = "sandbox/manifests";

    private readonly byte[] _authorization = Encoding.UTF8.GetBytes("Bearer " + token.Reveal());
    private readonly byte[] _withoutPermission = Encoding.UTF8.GetBytes("Bearer " + reviews.WithoutPermission.Reveal());

    public async Task HandleAsync(HttpContext http)
    {
        byte[] authorization = Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString());
        if (!CryptographicOperations.FixedTimeEquals(authorization, _authorization))
        {
            bool isKnown = CryptographicOperations.FixedTimeEquals(authorization, _withoutPermission);
            await ErrorAsync(http, isKnown ? 403 : 401, isKnown ? "Resource not accessible by personal access token" : "Bad credentials").ConfigureAwait(false);
            return;
        }

        const string Root = "/repos/" + Project + "/";
        string path = http.Request.Path.Value ?? "";
        string[] parts = path.StartsWith(Root, StringComparison.Ordinal) ? path[Root.Length..].Split('/') : [];
        int number = parts.Length > 1 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : 0;
        SandboxPullRequest? request = requests.Find(number);
        switch (http.Request.Method, parts)
        {
            case ("GET", ["pulls"]):
                string state = http.Request.Query["state"].FirstOrDefault() ?? "open";
                await RequestBody.ArrayAsync(http, requests.All.Where(one => state == "all" || one.State == "open" == (state == "open")).Reverse(), (json, one) => Write(json, one, http)).ConfigureAwait(false);
                break;
            case ("POST", ["pulls"]):
                await OpenAsync(http).ConfigureAwait(false);
                break;
            case ("GET", ["pulls", _]) when request is not null:
                bool conflicts = await requests.HasConflictsAsync(request, http.RequestAborted).ConfigureAwait(false);
                await http.JsonAsync(200, json =>
                {
                    json.WriteBoolean("mergeable", !conflicts);
                    Write(json, request, http);
                }).ConfigureAwait(false);
                break;
            case ("PATCH", ["pulls", _]) when request is not null:
                IReadOnlyDictionary<string, string> change = await RequestBody.ReadAsync(http).ConfigureAwait(false) ?? new Dictionary<string, string>();
                SandboxPullRequest changed = requests.Change(number, one => one with
                {
                    Title = change.GetValueOrDefault("title", one.Title),
                    Body = change.GetValueOrDefault("body", one.Body),
                    State = one.State == "open" && change.GetValueOrDefault("state") == "closed" ? "closed" : one.State,
                })!;
                await http.JsonAsync(200, json => Write(json, changed, http)).ConfigureAwait(false);
                break;
            case ("PUT", ["pulls", _, "merge"]) when request is { State: "open" }:
                string commit = await requests.MergeAsync(number, "sandbox-human", http.RequestAborted).ConfigureAwait(false);
                await http.JsonAsync(200, json =>
                {
                    json.WriteString("sha", commit);
                    json.WriteBoolean("merged", true);
                }).ConfigureAwait(false);
                break;
            case ("GET", ["issues", _, "comments"]) when request is not null:
                await RequestBody.ArrayAsync(http, request.Comments.Select((text, index) => (Id: (number * 1000L) + index, Text: text)), (json, one) => WriteComment(json, one.Id, one.Text)).ConfigureAwait(false);
                break;
            case ("POST", ["issues", _, "comments"]) when request is not null:
                string text = (await RequestBody.ReadAsync(http).ConfigureAwait(false))?.GetValueOrDefault("body") ?? "";
                requests.Change(number, one => one with { Comments = [.. one.Comments, text] });
                await http.JsonAsync(201, json => WriteComment(json, (number * 1000L) + request.Comments.Count, text)).ConfigureAwait(false);
                break;
            case ("PATCH", ["issues", "comments", var comment]) when long.TryParse(comment, NumberStyles.None, CultureInfo.InvariantCulture, out long id) && requests.Find((int)(id / 1000)) is { } commented && id % 1000 < commented.Comments.Count:
                string now = (await RequestBody.ReadAsync(http).ConfigureAwait(false))?.GetValueOrDefault("body") ?? "";
                requests.Change(commented.Number, one => one with { Comments = [.. one.Comments.Select((old, index) => index == (int)(id % 1000) ? now : old)] });
                await http.JsonAsync(200, json => WriteComment(json, id, now)).ConfigureAwait(false);
                break;
            case ("GET", ["actions", "runs", var run, "approvals"]):
                await reviews.AnswerAsync(http, run).ConfigureAwait(false);
                break;
            default:
                await ErrorAsync(http, 404, "Not Found").ConfigureAwait(false);
                break;
        }
    }

    private async Task OpenAsync(HttpContext http)
    {
        IReadOnlyDictionary<string, string>? body = await RequestBody.ReadAsync(http).ConfigureAwait(false);
        SandboxPullRequest? opened = body is null || !body.ContainsKey("title") || !body.ContainsKey("head") || !body.ContainsKey("base")
            ? null
            : await requests.OpenAsync(body["head"], body["base"], body["title"], body.GetValueOrDefault("body", ""), http.RequestAborted).ConfigureAwait(false);
        if (opened is null)
            await ErrorAsync(http, 422, "Validation Failed").ConfigureAwait(false);
        else
            await http.JsonAsync(201, json => Write(json, opened, http)).ConfigureAwait(false);
    }

    private static Task ErrorAsync(HttpContext http, int status, string message) => http.JsonAsync(status, json => json.WriteString("message", message));

    private static void WriteComment(Utf8JsonWriter json, long id, string text)
    {
        json.WriteNumber("id", id);
        json.WriteString("body", text);
    }

    private static void Write(Utf8JsonWriter json, SandboxPullRequest request, HttpContext http)
    {
        json.WriteNumber("number", request.Number);
        json.WriteString("state", request.State == "open" ? "open" : "closed");
        json.WriteString("html_url", $"http://{http.Request.Host}/{Project}/pull/{request.Number}");
        json.WriteString("title", request.Title);
        json.WriteString("body", request.Body);
        json.WriteStartObject("head");
        json.WriteString("ref", request.Branch);
        json.WriteStartObject("repo");
        json.WriteString("full_name", Project);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("base");
        json.WriteString("ref", request.Target);
        json.WriteEndObject();
        json.WriteString("merged_at", request.State == "merged" ? "2026-01-02T03:04:05Z" : null);
        json.WriteString("merge_commit_sha", request.MergeCommit);
        if (request.MergedBy is null)
        {
            json.WriteNull("merged_by");
            return;
        }

        json.WriteStartObject("merged_by");
        json.WriteString("login", request.MergedBy);
        json.WriteEndObject();
    }
}
