using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Pipelines.Core.Clients.Http;

namespace Pipelines.Core.Clients.Prometheus;

/// <summary>Prometheus' query API (https://prometheus.io/docs/prometheus/latest/querying/api/). It only ever reads.</summary>
internal sealed class PrometheusClient
{
    private const int LongestAddress = 2000; // what every proxy passes on; longer queries go in the body, and some proxies let no body through
    private const int MaxAnswer = 16 * 1024 * 1024;

    private readonly PrometheusTarget _target;
    private readonly AuthenticationHeaderValue? _authorization;
    private readonly TimeProvider _time;

    /// <exception cref="InvalidUsageException">The target is not usable, or the credential would go out in the clear.</exception>
    public PrometheusClient(PrometheusTarget target, Secret? secret, TimeProvider time)
    {
        PrometheusTargets.Check(target);
        _target = target;
        _time = time;
        _authorization = secret is null ? null
            : target.User is { } user ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret.Reveal()}")))
            : new AuthenticationHeaderValue("Bearer", secret.Reveal());
    }

    /// <summary>The value now. The server's clock says when that is, since its clock stamped the series.</summary>
    /// <exception cref="PrometheusException">There is no usable answer.</exception>
    public Task<PrometheusAnswer> QueryAsync(string query, CancellationToken cancellationToken) =>
        AskAsync("query", query, [("query", query), ("timeout", Seconds(_target.Timeout))], cancellationToken);

    /// <summary>The values over a time.</summary>
    /// <exception cref="PrometheusException">There is no usable answer.</exception>
    public Task<PrometheusAnswer> QueryRangeAsync(string query, DateTimeOffset start, DateTimeOffset end, TimeSpan step, CancellationToken cancellationToken) =>
        AskAsync("query_range", query, [("query", query), ("start", Moment(start)), ("end", Moment(end)), ("step", Seconds(step)), ("timeout", Seconds(_target.Timeout))], cancellationToken);

    private async Task<PrometheusAnswer> AskAsync(string path, string query, (string Name, string Value)[] parameters, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_target.Timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using HttpRequestMessage request = Request(path, parameters);
            using HttpResponseMessage response = await SharedHttp.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token).ConfigureAwait(false);
            string body = await ReadAsync(response, linked.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? Read(body, query, response) : throw PrometheusErrors.Of(_target, query, response, body);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw PrometheusErrors.Unreachable(_target, string.Create(CultureInfo.InvariantCulture, $"no answer within {_target.Timeout.TotalSeconds:0.#} s"), null);
        }
        catch (HttpRequestException exception)
        {
            throw exception.InnerException is AuthenticationException untrusted ? PrometheusErrors.Untrusted(_target, untrusted) : PrometheusErrors.Unreachable(_target, exception.Message, exception);
        }
        catch (IOException exception)
        {
            throw PrometheusErrors.Unreachable(_target, "the connection broke: " + exception.Message, exception);
        }
    }

    private HttpRequestMessage Request(string path, (string Name, string Value)[] parameters)
    {
        string address = PrometheusTargets.Name(_target) + "/api/v1/" + path;
        string encoded = string.Join('&', parameters.Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value)}"));
        bool inAddress = address.Length + encoded.Length < LongestAddress;
        var request = new HttpRequestMessage(inAddress ? HttpMethod.Get : HttpMethod.Post, inAddress ? $"{address}?{encoded}" : address);
        if (!inAddress)
            request.Content = new StringContent(encoded, Encoding.ASCII, "application/x-www-form-urlencoded");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Authorization = _authorization;
        return request;
    }

    private async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[16 * 1024];
        using var body = new MemoryStream();
        Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                if (body.Length > MaxAnswer)
                    throw new PrometheusException(PrometheusFailure.Execution, "Prometheus' answer is too large.", $"  more than {MaxAnswer / 1024 / 1024} MB", "Let the query give one value: wrap it in sum(…) or max(…).");
            }
        }

        return Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length);
    }

    private PrometheusAnswer Read(string body, string query, HttpResponseMessage response)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (PrometheusJson.Error(document.RootElement) is { } error) // some proxies answer 200 all the same
                throw PrometheusErrors.Of(_target, query, error.Type, error.Message, $"HTTP {(int)response.StatusCode}");
            return PrometheusJson.IsSuccess(document.RootElement) ? PrometheusJson.Answer(document.RootElement) : throw new JsonException("no status");
        }
        catch (JsonException exception)
        {
            throw PrometheusErrors.NotPrometheus(_target, $"it answered with {response.Content.Headers.ContentType?.MediaType ?? "no content type"}{PrometheusErrors.Quote(body)}", exception);
        }
    }

    private static string Moment(DateTimeOffset at) => (at.ToUnixTimeMilliseconds() / 1000.0).ToString("0.###", CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => Math.Max(0.001, time.TotalSeconds).ToString("0.###", CultureInfo.InvariantCulture);
}
