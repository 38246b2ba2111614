using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Pipelines.Core;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.ArgoCd;

/// <summary>
/// The part of Argo CD's REST API that a deploy needs. As the real one it answers 403 for an application that does not exist, so that names can't be guessed, and 404 only where the
/// request names the project: https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/.
/// </summary>
internal sealed class ArgoCdStandIn(Cluster cluster, Secret token) : IStandIn
{
    private const string Applications = "/api/v1/applications/";
    private const string Stream = "/api/v1/stream/applications";

    private readonly byte[] _authorization = Encoding.UTF8.GetBytes("Bearer " + token.Reveal());

    public Task HandleAsync(HttpContext http)
    {
        string path = http.Request.Path.Value ?? "";
        if (path == "/api/version")
            return http.JsonAsync(200, json => json.WriteString("Version", "v3.0.0+sandbox"));
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString()), _authorization))
            return ErrorAsync(http, 401, 16, http.Request.Headers.Authorization.Count == 0 ? "no session information" : "invalid session: token signature is invalid");
        if (!HttpMethods.IsGet(http.Request.Method))
            return ErrorAsync(http, 501, 12, "Method Not Allowed");
        if (path.StartsWith(Applications, StringComparison.Ordinal) && path.IndexOf('/', Applications.Length) < 0)
            return GetAsync(http, path[Applications.Length..]);
        return path == Stream ? WatchAsync(http, http.Request.Query["name"].ToString()) : ErrorAsync(http, 404, 5, "Not Found");
    }

    private async Task GetAsync(HttpContext http, string name)
    {
        if (await cluster.FindAsync(name, http.RequestAborted).ConfigureAwait(false) is not { } application)
        {
            await UnknownAsync(http, name).ConfigureAwait(false);
            return;
        }

        // With or without refresh=: the real one would notice by its own within three minutes, this one at once.
        await application.ObserveAsync(http.RequestAborted).ConfigureAwait(false);
        await http.JsonAsync(200, json => ApplicationJson.Write(json, application, application.Status)).ConfigureAwait(false);
    }

    private async Task WatchAsync(HttpContext http, string name)
    {
        if (await cluster.FindAsync(name, http.RequestAborted).ConfigureAwait(false) is not { } application)
        {
            await UnknownAsync(http, name).ConfigureAwait(false);
            return;
        }

        cluster.Watch();
        await application.ObserveAsync(http.RequestAborted).ConfigureAwait(false);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, cluster.Stopping);
        http.Response.ContentType = "application/json";
        http.Response.Headers["Grpc-Metadata-Content-Type"] = "application/grpc";
        string type = "ADDED"; // what is there already, as a Kubernetes watch says it
        try
        {
            await foreach (ApplicationStatus status in application.WatchAsync(end.Token).ConfigureAwait(false))
            {
                string kind = type;
                byte[] line = Answers.Bytes(json =>
                {
                    json.WriteStartObject("result");
                    json.WriteString("type", kind);
                    json.WriteStartObject("application");
                    ApplicationJson.Write(json, application, status);
                    json.WriteEndObject();
                    json.WriteEndObject();
                });
                await http.Response.Body.WriteAsync((byte[])[.. line, (byte)'\n'], end.Token).ConfigureAwait(false);
                await http.Response.Body.FlushAsync(end.Token).ConfigureAwait(false);
                type = "MODIFIED";
            }
        }
        catch (OperationCanceledException)
        {
            // The caller has seen enough, or the sandbox ends.
        }
    }

    private static Task UnknownAsync(HttpContext http, string name) => http.Request.Query.ContainsKey("project") || http.Request.Query.ContainsKey("projects")
        ? ErrorAsync(http, 404, 5, $"applications.argoproj.io \"{name}\" not found")
        : ErrorAsync(http, 403, 7, "permission denied");

    private static Task ErrorAsync(HttpContext http, int status, int code, string message) => http.JsonAsync(status, json =>
    {
        json.WriteString("error", message);
        json.WriteNumber("code", code);
        json.WriteString("message", message);
    });
}
