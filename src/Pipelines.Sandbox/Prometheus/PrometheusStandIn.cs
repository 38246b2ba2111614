using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Pipelines.Core;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.Prometheus;

/// <summary>The query API of Prometheus behind a bearer token, as a proxy asks for one: https://prometheus.io/docs/prometheus/latest/querying/api/.</summary>
internal sealed class PrometheusStandIn(SandboxMetrics metrics, Secret token, TimeProvider time) : IStandIn
{
    private const int MaxPoints = 11_000; // Prometheus' own limit

    private readonly byte[] _authorization = Encoding.UTF8.GetBytes("Bearer " + token.Reveal());

    public async Task HandleAsync(HttpContext http)
    {
        if (metrics.State == SandboxMetricsState.Down)
        {
            http.Abort();
            return;
        }

        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString()), _authorization))
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
            await http.TextAsync(401, "Unauthorized").ConfigureAwait(false);
            return;
        }

        string path = http.Request.Path.Value ?? "";
        if (path is not ("/api/v1/query" or "/api/v1/query_range"))
            await http.TextAsync(404, "404 page not found").ConfigureAwait(false);
        else
            await QueryAsync(http, await ParametersAsync(http.Request).ConfigureAwait(false), isRange: path.EndsWith("_range", StringComparison.Ordinal)).ConfigureAwait(false);
    }

    private Task QueryAsync(HttpContext http, Func<string, string> parameter, bool isRange)
    {
        string query = parameter("query");
        if (Problem(query) is { } problem)
            return ErrorAsync(http, 400, "bad_data", $"invalid parameter \"query\": {problem}");
        if (metrics.State == SandboxMetricsState.Error)
            return ErrorAsync(http, 422, "execution", "found duplicate series for the match group on the right hand-side of the operation (sandbox)");
        if (!isRange)
            return AnswerAsync(http, "vector", metrics.Answer(query, isPast: false), (json, value) => Sample(json, "value", Seconds(time.GetUtcNow()), value));
        if (!Moment(parameter("start"), out double start) || !Moment(parameter("end"), out double end) || !Moment(parameter("step"), out double step) || step <= 0)
            return ErrorAsync(http, 400, "bad_data", "invalid parameter: start, end and step must be numbers, and step more than zero");
        if (end < start)
            return ErrorAsync(http, 400, "bad_data", "invalid parameter \"end\": end timestamp must not be before start time");
        if ((end - start) / step > MaxPoints)
            return ErrorAsync(http, 400, "bad_data", "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)");
        return AnswerAsync(http, "matrix", metrics.Answer(query, isPast: true), (json, value) =>
        {
            json.WriteStartArray("values");
            for (double at = start; at <= end; at += step)
                Pair(json, at, value);
            json.WriteEndArray();
        });
    }

    private static async Task<Func<string, string>> ParametersAsync(HttpRequest request)
    {
        if (!HttpMethods.IsPost(request.Method))
            return name => request.Query[name].ToString();
        using var reader = new StreamReader(request.Body);
        Dictionary<string, Microsoft.Extensions.Primitives.StringValues> form = QueryHelpers.ParseQuery(await reader.ReadToEndAsync(request.HttpContext.RequestAborted).ConfigureAwait(false));
        return name => form.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues value) ? value.ToString() : "";
    }

    /// <summary>What a parser would say at once; the stand-in looks no deeper.</summary>
    private static string? Problem(string query)
    {
        if (string.IsNullOrWhiteSpace(query))
            return "unknown position: parse error: no expression found in input";
        int open = 0;
        char quote = '\0';
        foreach (char character in query)
        {
            if (quote != '\0')
                quote = character == quote ? '\0' : quote;
            else if (character is '"' or '\'' or '`')
                quote = character;
            else
                open += character is '(' or '[' or '{' ? 1 : character is ')' or ']' or '}' ? -1 : 0;
        }

        return quote != '\0' ? "parse error: unterminated quoted string" : open != 0 ? "parse error: unclosed left parenthesis" : null;
    }

    private static Task AnswerAsync(HttpContext http, string type, double? value, Action<Utf8JsonWriter, double> write) => http.JsonAsync(200, json =>
    {
        json.WriteString("status", "success");
        json.WriteStartObject("data");
        json.WriteString("resultType", type);
        json.WriteStartArray("result");
        if (value is { } known)
        {
            json.WriteStartObject();
            json.WriteStartObject("metric");
            json.WriteEndObject();
            write(json, known);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Sample(Utf8JsonWriter json, string name, double at, double value)
    {
        json.WritePropertyName(name);
        Pair(json, at, value);
    }

    private static void Pair(Utf8JsonWriter json, double at, double value)
    {
        json.WriteStartArray();
        json.WriteNumberValue(Math.Round(at, 3));
        json.WriteStringValue(double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture));
        json.WriteEndArray();
    }

    private static bool Moment(string text, out double seconds) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out seconds) && double.IsFinite(seconds);

    private static double Seconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds() / 1000.0;

    private static Task ErrorAsync(HttpContext http, int status, string type, string message) => http.JsonAsync(status, json =>
    {
        json.WriteString("status", "error");
        json.WriteString("errorType", type);
        json.WriteString("error", message);
    });
}
