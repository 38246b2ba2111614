using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Text.Json;
using Pipelines.Core.Clients.Http;

namespace Pipelines.Core.Clients.ArgoCd;

/// <summary>Argo CD's REST API, as far as a deployment needs it. It only ever reads.</summary>
internal sealed class ArgoCdClient(ArgoCdTarget target, Secret? token, TimeProvider time)
{
    /// <summary>A read with <c>refresh</c> waits for Argo CD to compare, which takes seconds.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(60);
    private const int MaxBody = 300;

    /// <summary>The application now.</summary>
    /// <param name="refresh">Whether Argo CD shall look at the repository first, and not wait for its own interval.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="ArgoCdException">It could not be had.</exception>
    public async Task<ArgoCdApplication> GetAsync(bool refresh, CancellationToken cancellationToken) =>
        ArgoCdJson.Application(await ReadAsync(Address("applications/{0}", refresh ? "refresh=normal" : null), cancellationToken).ConfigureAwait(false));

    /// <summary>All resources, pods included, with their health.</summary>
    public async Task<IReadOnlyList<ArgoCdResource>> GetTreeAsync(CancellationToken cancellationToken) =>
        ArgoCdJson.Tree(await ReadAsync(Address("applications/{0}/resource-tree", null), cancellationToken).ConfigureAwait(false));

    /// <summary>Each change of the application as it happens, until the server ends the stream.</summary>
    /// <exception cref="ArgoCdException">There is no stream.</exception>
    public async IAsyncEnumerable<ArgoCdApplication> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (string name, string? appNamespace) = Names();
        Uri address = Combine("stream/applications", $"name={Uri.EscapeDataString(name)}" + (appNamespace is null ? "" : $"&appNamespace={Uri.EscapeDataString(appNamespace)}"));
        using HttpResponseMessage response = await SendAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw new ArgoCdException(ArgoCdFailure.Unreachable, "Argo CD offers no stream.", $"  HTTP {(int)response.StatusCode}", null);
        using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            // Grpc-gateway writes one object a line; behind some proxies they come as server-sent events.
            string json = line.StartsWith("data:", StringComparison.Ordinal) ? line[5..].Trim() : line.Trim();
            if (json.Length == 0 || json[0] != '{')
                continue;
            using JsonDocument document = Parse(json, address);
            JsonElement result = ArgoCdJson.Get(document.RootElement, "result");
            JsonElement application = ArgoCdJson.Get(result, "application");
            if (application.ValueKind != JsonValueKind.Object || ArgoCdJson.Text(result, "type") == "DELETED")
                yield break; // an error, or the application is gone: the next read tells
            if (ArgoCdJson.Text(ArgoCdJson.Get(application, "metadata"), "name") is { } other && other != name)
                continue;
            yield return ArgoCdJson.Application(application);
        }
    }

    private async Task<JsonElement> ReadAsync(Uri address, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(RequestTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using HttpResponseMessage response = await SendAsync(address, HttpCompletionOption.ResponseContentRead, linked.Token).ConfigureAwait(false);
            string body = await response.Content.ReadAsStringAsync(linked.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw ArgoCdErrors.Of(target, response, body);
            using JsonDocument document = Parse(body, address);
            return document.RootElement.Clone();
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw ArgoCdErrors.Unreachable(target, $"no answer within {RequestTimeout.TotalSeconds:0} s", null);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Uri address, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        try
        {
            return await SharedHttp.Client.SendAsync(request, completion, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            if (exception.InnerException is AuthenticationException untrusted)
                throw ArgoCdErrors.Untrusted(target, untrusted);
            throw ArgoCdErrors.Unreachable(target, exception.Message, exception);
        }
        catch (IOException exception)
        {
            throw ArgoCdErrors.Unreachable(target, exception.Message, exception);
        }
    }

    private JsonDocument Parse(string body, Uri address)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException exception)
        {
            string start = body.Length > MaxBody ? body[..MaxBody] + "…" : body;
            throw ArgoCdErrors.NotArgoCd(target, $"{address.GetLeftPart(UriPartial.Path)} answered with: {start.ReplaceLineEndings(" ").Trim()}", exception);
        }
    }

    private (string Name, string? Namespace) Names()
    {
        int slash = target.Application.IndexOf('/', StringComparison.Ordinal); // "namespace/name", as Argo CD's own commands take it
        return slash < 0 ? (target.Application, null) : (target.Application[(slash + 1)..], target.Application[..slash]);
    }

    private Uri Address(string path, string? query)
    {
        (string name, string? appNamespace) = Names();
        string?[] parts = [query, appNamespace is null ? null : $"appNamespace={Uri.EscapeDataString(appNamespace)}"];
        return Combine(string.Format(System.Globalization.CultureInfo.InvariantCulture, path, Uri.EscapeDataString(name)), string.Join('&', parts.OfType<string>()));
    }

    /// <summary>The server may live under a path (<c>--rootpath</c>).</summary>
    private Uri Combine(string path, string query) =>
        new(target.Server.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/api/v1/" + path + (query.Length == 0 ? "" : "?" + query));
}
