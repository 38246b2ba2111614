using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pipelines.Core;
using Pipelines.Sandbox.CodeHosts;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.GitHub;

/// <summary>The reviews of environments in workflow runs, as https://docs.github.com/rest/actions/workflow-runs#get-the-review-history-for-a-workflow-run tells them. They live as long as the sandbox.</summary>
internal sealed class EnvironmentReviews
{
    private readonly Lock _lock = new();
    private readonly List<(long Run, string Environment, string Reviewer, SandboxReview Review, string Comment)> _reviews = [];

    /// <summary>A token of the same project that lacks the permission <c>actions: read</c>.</summary>
    public Secret WithoutPermission { get; } = Secret.Of("sandbox-without-actions-" + Guid.NewGuid().ToString("N"), "sandbox code host");

    public void Add(long run, string environment, string reviewer, SandboxReview review, string comment)
    {
        lock (_lock)
            _reviews.Add((run, environment, reviewer, review, comment));
    }

    public async Task AnswerAsync(HttpContext http, string run)
    {
        if (!long.TryParse(run, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            await http.JsonAsync(404, json => json.WriteString("message", "Not Found")).ConfigureAwait(false);
            return;
        }

        (long, string, string, SandboxReview, string)[] found;
        lock (_lock)
            found = [.. _reviews.Where(review => review.Run == number)];
        await RequestBody.ArrayAsync(http, found, Write).ConfigureAwait(false);
    }

    private static void Write(Utf8JsonWriter json, (long Run, string Environment, string Reviewer, SandboxReview Review, string Comment) one)
    {
        json.WriteString("state", one.Review switch { SandboxReview.Approved => "approved", SandboxReview.Rejected => "rejected", _ => "pending" });
        json.WriteString("comment", one.Comment);
        json.WriteStartArray("environments");
        json.WriteStartObject();
        json.WriteNumber("id", 1);
        json.WriteString("name", one.Environment);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("user");
        json.WriteString("login", one.Reviewer);
        json.WriteString("type", "User");
        json.WriteEndObject();
    }
}
