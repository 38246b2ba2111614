using System.Net;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Prometheus;

/// <summary>The errors of Prometheus' API, as people can act on them.</summary>
internal static class PrometheusErrors
{
    private const int MaxBody = 200;

    /// <summary>The error of an answer that is no success. The error types are those of https://github.com/prometheus/prometheus/blob/main/web/api/v1/api.go.</summary>
    public static PrometheusException Of(PrometheusTarget target, string query, HttpResponseMessage response, string body)
    {
        HttpStatusCode status = response.StatusCode;
        string evidence = $"HTTP {(int)status} {response.ReasonPhrase}".TrimEnd();
        if ((int)status is >= 300 and < 400)
            return NotPrometheus(target, $"{evidence}, it leads to {response.Headers.Location?.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)}", null);
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired)
            return Credential(target, evidence);
        if (PrometheusJson.Error(body) is { } error)
            return Of(target, query, error.Type, error.Message, evidence, response.Headers.RetryAfter?.ToString());
        if (TransientErrors.IsTransient(status))
            return Unreachable(target, evidence + (response.Headers.RetryAfter is { } wait ? $", Retry-After: {wait}" : "") + Quote(body), null);
        return NotPrometheus(target, evidence + Quote(body), null);
    }

    /// <summary>The error that the API itself tells of, whatever the status.</summary>
    public static PrometheusException Of(PrometheusTarget target, string query, string type, string message, string status, string? retryAfter = null) => type switch
    {
        "bad_data" => new PrometheusException(
            PrometheusFailure.BadQuery,
            "Prometheus cannot read the query.",
            $"  {message}\n  query: {query}",
            $"Correct the metric's query. It can be tried at {PrometheusTargets.Name(target)}/graph."),
        "execution" or "too_many_samples" => new PrometheusException(
            PrometheusFailure.Execution,
            "Prometheus could not carry out the query.",
            $"  {message}\n  query: {query}",
            $"Correct the metric's query: make it match fewer series, and give both sides of an operator the same labels. It can be tried at {PrometheusTargets.Name(target)}/graph."),
        "not_found" => NotPrometheus(target, $"{status}: {message}", null),
        _ => Unreachable(target, $"{status}: {type}: {message}{(retryAfter is null ? "" : $", Retry-After: {retryAfter}")}", null), // timeout, canceled, unavailable, internal
    };

    public static PrometheusException Credential(PrometheusTarget target, string evidence) => new(
        PrometheusFailure.Credential,
        $"Prometheus at {PrometheusTargets.Name(target)} did not let the pipeline in.",
        "  " + evidence,
        (target.Token ?? target.Password) is { } secret
            ? $"Check the credential {secret}: it may be expired or revoked, or may not query metrics."
            : "Set PrometheusTarget.Token to the reference of a token, such as env://PROMETHEUS_TOKEN, or PrometheusTarget.User and PrometheusTarget.Password.");

    public static PrometheusException Unreachable(PrometheusTarget target, string evidence, Exception? exception) => new(
        PrometheusFailure.Unreachable,
        $"Prometheus at {PrometheusTargets.Name(target)} cannot be reached.",
        "  " + evidence,
        "Check its address, and the network and proxy of this machine.",
        exception);

    public static PrometheusException Untrusted(PrometheusTarget target, Exception exception) => new(
        PrometheusFailure.NotPrometheus,
        $"The certificate of Prometheus at {PrometheusTargets.Name(target)} is not trusted.",
        "  " + exception.Message,
        "Add its certificate authority to the trust store of this machine (SSL_CERT_FILE), or correct the address.",
        exception);

    public static PrometheusException NotPrometheus(PrometheusTarget target, string evidence, Exception? exception) => new(
        PrometheusFailure.NotPrometheus,
        $"What answers at {PrometheusTargets.Name(target)} is not Prometheus' API.",
        "  " + evidence,
        "Give the address below which /api/v1/query is: with its path, and without a login page before it.",
        exception);

    /// <summary>The start of a body in one line.</summary>
    public static string Quote(string body)
    {
        string line = string.Join(' ', body.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length == 0 ? "" : ": " + (line.Length > MaxBody ? line[..MaxBody] + "…" : line);
    }
}
