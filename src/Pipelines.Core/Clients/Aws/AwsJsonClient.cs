using System.Net;
using System.Text;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.Runtime.Internal.Util;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Aws;

/// <summary>One client for every service of the AWS JSON 1.1 protocol: <c>X-Amz-Target</c> names the operation, the body is JSON, Signature Version 4 signs it.</summary>
/// <remarks>AWSSDK.Core is loaded by the first call, not before: the type's signature names none of its types.</remarks>
internal sealed class AwsJsonClient(HttpClient http, AwsService service, string region, Uri? endpoint, TimeProvider time, AwsKey? key = null)
{
    private const string ContentType = "application/x-amz-json-1.1";

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Calls an operation.</summary>
    /// <param name="operation">Such as <c>GetAuthorizationToken</c>.</param>
    /// <param name="body">The request as JSON.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer as JSON; the caller disposes it.</returns>
    public async Task<JsonDocument> CallAsync(string operation, string body, CancellationToken cancellationToken)
    {
        string permission = $"{service.SigningName}:{operation}";
        Uri address = endpoint ?? service.Address(region);
        using HttpRequestMessage message = await SignAsync(address, operation, body, permission, cancellationToken).ConfigureAwait(false);
        (HttpStatusCode status, string text, DateTimeOffset? date) = await SendAsync(message, address, permission, cancellationToken).ConfigureAwait(false);
        JsonDocument? answer = TryParse(text);
        if (status == HttpStatusCode.OK && answer is { RootElement.ValueKind: JsonValueKind.Object })
            return answer;
        using (answer)
            throw AwsErrors.Of(permission, region, address, status, answer, time.GetUtcNow() - date);
    }

    private async Task<HttpRequestMessage> SignAsync(Uri address, string operation, string body, string permission, CancellationToken cancellationToken)
    {
        var config = new AwsClientConfig(service.SigningName, region);
        ImmutableCredentials credentials = key is not null ? new ImmutableCredentials(key.Id, key.Secret.Reveal(), key.SessionToken?.Reveal())
            : endpoint?.IsLoopback == true ? AwsCredentials.MadeUp
            : await AwsCredentials.FindAsync(config, permission, cancellationToken).ConfigureAwait(false);
        byte[] content = Encoding.UTF8.GetBytes(body);
        using var request = new DefaultRequest(new JsonRequest(), service.SigningName)
        {
            HttpMethod = "POST",
            Endpoint = address,
            ResourcePath = "/",
            Content = content,
        };
        request.Headers["Content-Type"] = ContentType;
        request.Headers["X-Amz-Target"] = $"{service.TargetPrefix}.{operation}";
        if (credentials.UseToken)
            request.Headers["X-Amz-Security-Token"] = credentials.Token;
        AWS4SigningResult signature = new AWS4Signer().SignRequest(request, config, new RequestMetrics(), credentials.AccessKey, credentials.SecretKey, time.GetUtcNow().UtcDateTime);

        var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(content) };
        message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        foreach ((string name, string value) in request.Headers.Where(header => !string.Equals(header.Key, "Content-Type", StringComparison.OrdinalIgnoreCase)))
            message.Headers.TryAddWithoutValidation(name, value);
        message.Headers.TryAddWithoutValidation("Authorization", signature.ForAuthorizationHeader);
        return message;
    }

    private async Task<(HttpStatusCode Status, string Body, DateTimeOffset? Date)> SendAsync(HttpRequestMessage message, Uri address, string permission, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(RequestTimeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(message, end.Token).ConfigureAwait(false);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(end.Token).ConfigureAwait(false), response.Headers.Date);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw AwsErrors.Unreachable(permission, address, $"no answer within {Durations.Text(RequestTimeout)}", null);
        }
        catch (HttpRequestException exception)
        {
            throw AwsErrors.Unreachable(permission, address, exception.GetBaseException().Message, exception);
        }
    }

    private static JsonDocument? TryParse(string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed class JsonRequest : AmazonWebServiceRequest;
}
