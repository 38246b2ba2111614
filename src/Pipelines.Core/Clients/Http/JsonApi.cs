using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Http;

/// <summary>Requests in JSON to a code host's REST API. Its token follows no redirect and no link to another host.</summary>
/// <param name="service">The name for people, such as <c>GitHub</c>.</param>
/// <param name="root">The root of the API.</param>
/// <param name="authorize">Adds the token.</param>
/// <param name="advice">What to do where the token is refused.</param>
/// <param name="time">The clock.</param>
internal sealed class JsonApi(string service, Uri root, Action<HttpRequestHeaders> authorize, string advice, TimeProvider time)
{
    private const int MaxPages = 20;
    private const int MaxText = 300;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(100);

    public string Root { get; } = root.AbsoluteUri.TrimEnd('/');

    /// <summary>One request; an answer that is no success is an error.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Below the root.</param>
    /// <param name="body">Writes the properties of the body.</param>
    /// <param name="doing">What is tried, for the error: <c>open a pull request</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CodeHostException">It failed.</exception>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, Action<Utf8JsonWriter>? body, string doing, CancellationToken cancellationToken) =>
        (await SendAsync(method, new Uri(Root + path), body, doing, cancellationToken).ConfigureAwait(false)).Body;

    /// <summary>All pages of a list.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path, string doing, CancellationToken cancellationToken)
    {
        var items = new List<JsonElement>();
        var next = new Uri(Root + path);
        for (int page = 0; page < MaxPages; page++)
        {
            (JsonElement body, Uri? following) = await SendAsync(HttpMethod.Get, next, null, doing, cancellationToken).ConfigureAwait(false);
            if (body.ValueKind != JsonValueKind.Array)
                throw Unexpected(doing, "the answer is no list");
            items.AddRange(body.EnumerateArray());
            if (following is null || Uri.Compare(following, next, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) != 0)
                break;
            next = following;
        }

        return items;
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="CodeHostException">It has not the form that it must have.</exception>
    public T Read<T>(JsonElement json, string doing, Func<JsonElement, T> read)
    {
        try
        {
            return read(json);
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Unexpected(doing, exception.Message);
        }
    }

    private CodeHostException Unexpected(string doing, string why) =>
        new(CodeHostFailure.Other, $"{service} at {Root} answered something that is not its API when asked to {doing}.", "  " + why, "Check the address of the API: https://HOST/api/v3 for GitHub Enterprise, https://HOST/api/v4 for GitLab.");

    private async Task<(JsonElement Body, Uri? Next)> SendAsync(HttpMethod method, Uri address, Action<Utf8JsonWriter>? body, string doing, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, address);
        authorize(request.Headers);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Write(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        try
        {
            using HttpResponseMessage response = await SharedHttp.Client.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token).ConfigureAwait(false);
            string text = await response.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw Explain(response, text, doing);
            return (text.Length == 0 ? default : Parse(text, doing), Next(response));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CodeHostException(CodeHostFailure.Unreachable, $"{service} at {Root} gave no answer within {Durations.Text(Limit)} when asked to {doing}.", null, "A stage can try again by WithRetry.");
        }
        catch (HttpRequestException exception)
        {
            throw new CodeHostException(CodeHostFailure.Unreachable, $"{service} at {Root} cannot be reached to {doing}.", $"  {exception.HttpRequestError}: {exception.Message}", "Check the address, the network and the proxy of this machine. A stage can try again by WithRetry.", exception);
        }
    }

    private JsonElement Parse(string text, string doing)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw Unexpected(doing, exception.Message);
        }
    }

    private CodeHostException Explain(HttpResponseMessage response, string text, string doing)
    {
        bool limited = response.StatusCode == HttpStatusCode.TooManyRequests
            || (response.StatusCode == HttpStatusCode.Forbidden && (response.Headers.RetryAfter is not null || (response.Headers.TryGetValues("x-ratelimit-remaining", out IEnumerable<string>? left) && left.FirstOrDefault() == "0")));
        string evidence = $"  status {(int)response.StatusCode}: {(text.Length > MaxText ? text[..MaxText] + "…" : text).ReplaceLineEndings(" ")}";
        if (limited)
            return new CodeHostException(CodeHostFailure.Unreachable, $"{service} limits the rate of requests, and did not {doing}.", evidence, "A stage can try again by WithRetry; give the pipeline a token of its own.");
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new CodeHostException(CodeHostFailure.Authentication, $"{service} did not let this token {doing}.", evidence, advice),
            HttpStatusCode.NotFound => new CodeHostException(CodeHostFailure.NotFound, $"{service} has nothing there to {doing}.", $"  {Root}\n{evidence}", "Check the project's path and the API's address. Both hosts also say so when the token may not see the project."),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => new CodeHostException(CodeHostFailure.Other, $"{service} redirects to another address, which a token does not follow.", evidence, "Set the API's address to where it really is."),
            _ => new CodeHostException(TransientErrors.IsTransient(response.StatusCode) ? CodeHostFailure.Unreachable : CodeHostFailure.Other, $"{service} did not {doing}.", evidence, "Look at what it answered; nothing of it was tried again."),
        };
    }

    /// <summary>RFC 8288: <c>Link: &lt;address&gt;; rel="next"</c>.</summary>
    private static Uri? Next(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Link", out IEnumerable<string>? links))
            return null;
        foreach (string link in links.SelectMany(value => value.Split(',')))
        {
            int open = link.IndexOf('<', StringComparison.Ordinal), close = link.IndexOf('>', StringComparison.Ordinal);
            if (open >= 0 && close > open && link[close..].Contains("rel=\"next\"", StringComparison.Ordinal) && Uri.TryCreate(link[(open + 1)..close], UriKind.Absolute, out Uri? next))
                return next;
        }

        return null;
    }

    private static byte[] Write(Action<Utf8JsonWriter> body)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
