using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pipelines.Core;
using Pipelines.Sandbox.Aws;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.Ecr;

/// <summary>ECR's GetAuthorizationToken over the AWS JSON 1.1 protocol: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html.</summary>
internal sealed class EcrStandIn(string registryHost, string user, Secret password, Secret accessKey, Secret secretKey, TimeProvider time) : IStandIn
{
    private const string ContentType = "application/x-amz-json-1.1";
    public const string Prefix = "AmazonEC2ContainerRegistry_V20150921.";
    private const int MaxBody = 1024 * 1024;
    private static readonly TimeSpan s_lifetime = TimeSpan.FromHours(12);

    public async Task HandleAsync(HttpContext http)
    {
        http.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString("D");
        using var body = new MemoryStream();
        if (http.Request.ContentLength is null or <= MaxBody)
            await http.Request.Body.CopyToAsync(body, http.RequestAborted).ConfigureAwait(false);
        string target = http.Request.Headers["X-Amz-Target"].ToString();
        if (!HttpMethods.IsPost(http.Request.Method) || !target.StartsWith(Prefix, StringComparison.Ordinal))
            await ErrorAsync(http, "UnknownOperationException", "").ConfigureAwait(false);
        else if (SignatureV4.Check(http.Request, body.ToArray(), "ecr", accessKey.Reveal(), secretKey.Reveal()) is { } error)
            await ErrorAsync(http, error.Type, error.Message).ConfigureAwait(false);
        else if (target[Prefix.Length..] != "GetAuthorizationToken")
            await ErrorAsync(http, "UnknownOperationException", "").ConfigureAwait(false);
        else
            await http.JsonAsync(200, WriteToken, ContentType).ConfigureAwait(false);
    }

    private void WriteToken(Utf8JsonWriter json)
    {
        json.WriteStartArray("authorizationData");
        json.WriteStartObject();
        json.WriteString("authorizationToken", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password.Reveal()}")));
        json.WriteNumber("expiresAt", (time.GetUtcNow() + s_lifetime).ToUnixTimeMilliseconds() / 1000.0);
        json.WriteString("proxyEndpoint", $"http://{registryHost}");
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static Task ErrorAsync(HttpContext http, string type, string message) => http.JsonAsync(400, json =>
    {
        json.WriteString("__type", type);
        json.WriteString("message", message);
    }, ContentType);
}
