using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pipelines.Sandbox.Ecr;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.Aws;

/// <summary>The door of an AWS account: what a request says it is for (<c>X-Amz-Target</c>, or a form for STS) decides who answers, as with AWS_ENDPOINT_URL.</summary>
/// <remarks>Nothing behind it is made before the first request.</remarks>
internal sealed class AwsStandIn(Lazy<AwsAccount> account, EcrStandIn? ecr) : IStandIn
{
    private const string ContentType = "application/x-amz-json-1.1";
    private const int MaxBody = 1024 * 1024;
    private const string SecretsManager = "secretsmanager.";
    private const string Ssm = "AmazonSSM.";

    public async Task HandleAsync(HttpContext http)
    {
        string target = http.Request.Headers["X-Amz-Target"].ToString();
        if (ecr is not null && target.StartsWith(EcrStandIn.Prefix, StringComparison.Ordinal))
        {
            await ecr.HandleAsync(http).ConfigureAwait(false);
            return;
        }

        http.Response.Headers["x-amzn-RequestId"] = Guid.NewGuid().ToString("D");
        using var body = new MemoryStream();
        if (http.Request.ContentLength is null or <= MaxBody)
            await http.Request.Body.CopyToAsync(body, http.RequestAborted).ConfigureAwait(false);
        if (HttpMethods.IsPost(http.Request.Method) && target.StartsWith(SecretsManager, StringComparison.Ordinal))
            await AnswerAsync(http, body.ToArray(), "secretsmanager", target[SecretsManager.Length..]).ConfigureAwait(false);
        else if (HttpMethods.IsPost(http.Request.Method) && target.StartsWith(Ssm, StringComparison.Ordinal))
            await AnswerAsync(http, body.ToArray(), "ssm", target[Ssm.Length..]).ConfigureAwait(false);
        else if (HttpMethods.IsPost(http.Request.Method) && target.Length == 0 && (http.Request.ContentType ?? "").StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal))
            await new StsStandIn(account.Value).HandleAsync(http, body.ToArray()).ConfigureAwait(false);
        else
            await WriteAsync(http, new AwsFault("UnknownOperationException", "")).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext http, byte[] body, string service, string operation)
    {
        AwsAccount own = account.Value;
        if (own.Hold is { } hold)
            await hold.WaitAsync(http.RequestAborted).ConfigureAwait(false);
        if (own.TakeGarble())
        {
            http.Response.ContentType = "text/html";
            await http.Response.WriteAsync("<html><body>Sign in to the proxy</body></html>", http.RequestAborted).ConfigureAwait(false);
            return;
        }

        try
        {
            Action<Utf8JsonWriter> answer = Handle(own, http.Request, body, service, operation);
            await http.JsonAsync(200, answer, ContentType).ConfigureAwait(false);
        }
        catch (AwsFault fault)
        {
            await WriteAsync(http, fault).ConfigureAwait(false);
        }
    }

    private static Action<Utf8JsonWriter> Handle(AwsAccount own, HttpRequest request, byte[] body, string service, string operation)
    {
        (AccountKey? signer, (string Type, string Message)? error) = SignatureV4.Check(request, body, service, own.Find, own.Time.GetUtcNow());
        if (error is { } refused)
            throw new AwsFault(refused.Type, refused.Message);
        using JsonDocument document = Parse(body);
        JsonElement root = document.RootElement;
        string name = Text(root, service == "ssm" ? operation == "GetParametersByPath" ? "Path" : "Name" : "SecretId") ?? throw new AwsFault("ValidationException", "A name is required.");
        own.Calls.Enqueue(new AwsCall($"{service}:{operation}", name, signer!.Arn));
        if (own.TakeThrottle())
            throw new AwsFault("ThrottlingException", "Rate exceeded");
        if (own.Denied.ContainsKey(name))
            throw new AwsFault("AccessDeniedException", $"User: {signer.Arn} is not authorized to perform: {service}:{operation} on resource: {name} because no identity-based policy allows the {service}:{operation} action");
        if (own.DeniedKeys.ContainsKey(name))
            throw service == "ssm"
                ? new AwsFault("AccessDeniedException", "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access. (Service: AWSKMS)")
                : new AwsFault("AccessDeniedException", "Access to KMS is not allowed");
        return (service, operation) switch
        {
            ("secretsmanager", "GetSecretValue") => SecretsManagerAnswers.GetSecretValue(own, name, root.Clone()),
            ("ssm", "GetParameter") => ParameterStoreAnswers.GetParameter(own, name),
            ("ssm", "GetParametersByPath") => ParameterStoreAnswers.GetParametersByPath(own, name, root.Clone()),
            _ => throw new AwsFault("UnknownOperationException", ""),
        };
    }

    public static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonDocument Parse(byte[] body)
    {
        try
        {
            var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
            throw new AwsFault("SerializationException", "");
        }
        catch (JsonException)
        {
            throw new AwsFault("SerializationException", "");
        }
    }

    private static Task WriteAsync(HttpContext http, AwsFault fault) => http.JsonAsync(400, json =>
    {
        json.WriteString("__type", fault.Code);
        json.WriteString("Message", fault.Message);
    }, ContentType);
}
