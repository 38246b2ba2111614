using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Pipelines.Core.Clients.Http;

namespace Pipelines.Core.Stages.Verify;

/// <summary>One request of a smoke test, and the judgement of its answer.</summary>
internal sealed class SmokeProbe(SmokeTest test, Uri url, string tag, TimeProvider time)
{
    private const int MaxBody = 1024 * 1024;
    private const int MaxQuote = 200;
    private const int MaxRedirects = 5;
    private const int ShortestCommit = 7; // what git itself abbreviates to at least

    public async Task<SmokeAnswer> AskAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(timeout > TimeSpan.Zero ? timeout : TimeSpan.FromMilliseconds(1), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        long started = time.GetTimestamp();
        try
        {
            using HttpResponseMessage response = await SendAsync(either.Token).ConfigureAwait(false);
            string body = await ReadAsync(response, either.Token).ConfigureAwait(false);
            return Judge(response, body, time.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SmokeAnswer(0, time.GetElapsedTime(started), $"no answer within {timeout.TotalSeconds:0.#} s") { IsTimeout = true, Advice = "The service accepts the connection or the network drops it. Check that it is reachable from here, or raise SmokeTest.RequestTimeout (the setting smoke.request-timeout)." };
        }
        catch (HttpRequestException error)
        {
            return Explain(error, time.GetElapsedTime(started));
        }
        catch (IOException error)
        {
            return new SmokeAnswer(0, time.GetElapsedTime(started), $"the connection broke: {error.Message}");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(CancellationToken cancellationToken)
    {
        Uri target = url;
        for (int redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, target);
            request.Headers.CacheControl = new CacheControlHeaderValue { NoCache = true }; // the answer of a proxy proves nothing
            HttpResponseMessage response = await SharedHttp.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (!test.FollowRedirects || redirects == MaxRedirects || (int)response.StatusCode is < 300 or >= 400 || response.Headers.Location is not { } location)
                return response;
            Uri next = new(target, location);
            if (next.Scheme is not ("http" or "https") || (target.Scheme == "https" && next.Scheme == "http"))
                return response;
            response.Dispose();
            target = next;
        }
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[16 * 1024];
        using var body = new MemoryStream();
        Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            int read;
            while (body.Length < MaxBody && (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }

        return Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)Math.Min(body.Length, MaxBody));
    }

    private SmokeAnswer Judge(HttpResponseMessage response, string body, TimeSpan latency)
    {
        int status = (int)response.StatusCode;
        if (status != test.ExpectedStatus)
        {
            string redirect = response.Headers.Location is { } location && !test.FollowRedirects ? $", a redirect to {WithoutUserInfo(new Uri(url, location))}" : "";
            return new SmokeAnswer(status, latency, $"status {status} instead of {test.ExpectedStatus}{redirect}{Quote(body)}")
            {
                Advice = redirect.Length > 0 ? "Test the address it leads to, or set SmokeTest.FollowRedirects." : null,
            };
        }

        if (test.BodyContains is { } text && !body.Contains(text, StringComparison.Ordinal))
            return new SmokeAnswer(status, latency, $"the body does not contain '{text}'{Quote(body)}") { Advice = "Correct the service, or SmokeTest.BodyContains." };
        if (test.BodyContainsTag && !body.Contains(tag, StringComparison.Ordinal))
            return OldVersion(status, latency, $"the body does not name the deployed tag {tag}{Quote(body)}");
        if (test.VersionJsonKey is not { } key)
            return new SmokeAnswer(status, latency, null);
        (string? version, string? problem) = ReadKey(body, key);
        if (problem is not null)
            return new SmokeAnswer(status, latency, problem + Quote(body)) { Advice = $"Let the service answer with its version as '{key}', or correct SmokeTest.VersionJsonKey." };
        return version == tag || (version!.Length >= ShortestCommit && tag.StartsWith(version, StringComparison.Ordinal))
            ? new SmokeAnswer(status, latency, null)
            : OldVersion(status, latency, $"'{key}' is '{Short(version)}', not the deployed tag '{tag}': the old version is still served");
    }

    private static SmokeAnswer OldVersion(int status, TimeSpan latency, string problem) => new(status, latency, problem)
    {
        IsOfDeployment = false,
        Advice = "The new version never answered. See whether its pods are ready, whether the address leads to this environment, and whether a cache is in between.",
    };

    private static (string? Version, string? Problem) ReadKey(string body, string key)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            JsonElement element = document.RootElement;
            foreach (string step in key.Split('.'))
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(step, out element))
                    return (null, $"the body has no '{key}'");
            return element.ValueKind == JsonValueKind.String ? (element.GetString(), null) : (element.GetRawText(), null);
        }
        catch (JsonException)
        {
            return (null, $"the body is no JSON, so it has no '{key}'");
        }
    }

    private SmokeAnswer Explain(HttpRequestException error, TimeSpan latency)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is AuthenticationException)
            {
                // A certificate does not get better by asking; what can be is a handshake that was cut off, which comes as an IOException.
                return new SmokeAnswer(0, latency, $"TLS: {inner.Message}")
                {
                    IsHopeless = true,
                    IsOfDeployment = false,
                    Advice = $"Renew or correct the certificate of {url.Host}, or let this machine trust the authority that issued it (SSL_CERT_FILE). Certificate errors can't be turned off.",
                };
            }

            if (inner is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } dns)
                return new SmokeAnswer(0, latency, $"DNS: the host {url.Host} is not known ({dns.Message})") { IsOfDeployment = false, Advice = $"Check the host in the smoke test's address, and that its DNS entry exists: nslookup {url.Host}." };
            if (inner is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
                return new SmokeAnswer(0, latency, $"connection refused by {url.Host}:{url.Port}") { Advice = "Nothing listens there: check the port, the Service and the Ingress, and that the container listens on 0.0.0.0." };
        }

        return new SmokeAnswer(0, latency, $"no connection: {error.InnerException?.Message ?? error.Message}");
    }

    private static string WithoutUserInfo(Uri address) => new UriBuilder(address) { UserName = "", Password = "" }.Uri.ToString();

    private static string Quote(string body) => string.IsNullOrWhiteSpace(body) ? ", with an empty body" : $": {Short(body)}";

    private static string Short(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MaxQuote ? line : line[..MaxQuote] + "…";
    }
}
