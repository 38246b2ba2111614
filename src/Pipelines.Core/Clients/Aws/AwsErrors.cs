using System.Net;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Aws;

/// <summary>Turns the errors of the AWS JSON protocol (<c>__type</c> and <c>message</c>) into ours.</summary>
internal static class AwsErrors
{
    public static AwsRequestException Unreachable(string permission, Uri address, string evidence, Exception? innerException) =>
        new(
            permission,
            "",
            $"{permission} could not be called: {address.Authority} cannot be reached.",
            $"  {evidence}",
            "Check the region, the network and the proxy of this machine. A retry may help.",
            transient: true,
            innerException);

    public static AwsRequestException Of(string permission, string region, Uri address, HttpStatusCode status, JsonDocument? answer)
    {
        string code = Text(answer, "__type") ?? "";
        code = code[(code.LastIndexOf('#') + 1)..];
        string message = Text(answer, "message") ?? Text(answer, "Message") ?? (answer is null ? "the answer is no JSON" : "");
        string evidence = $"  {(int)status} {code}{(message.Length == 0 ? "" : ": " + message)}";
        if (IsThrottling(code) || TransientErrors.IsTransient(status))
            return new AwsRequestException(permission, code, $"{permission} was refused for now: AWS limits the rate or has a fault.", evidence, "A retry may help.", transient: true);
        if (IsDenied(code))
            return new AwsRequestException(permission, code, $"The AWS credentials of this machine may not call {permission}.", evidence, $"Allow '{permission}' in an IAM policy of that user or role (region {region}).", transient: false);
        if (IsBadCredential(code))
            return new AwsRequestException(permission, code, $"AWS does not accept the credentials of this machine for {permission}.", evidence, "They are expired, of another account, or this machine's clock is wrong. Sign in again ('aws sso login'), or renew the role's session.", transient: false);
        return new AwsRequestException(permission, code, $"{permission} failed at {address.Authority}.", evidence, answer is null ? "What answers there is not AWS: check the endpoint and the proxy." : null, transient: false);
    }

    private static bool IsThrottling(string code) => code.Contains("Throttl", StringComparison.Ordinal) || code is "TooManyRequestsException" or "RequestLimitExceeded" or "ServerException" or "ServiceUnavailable" or "InternalServerError" or "RequestTimeout" or "RequestTimeoutException";

    private static bool IsDenied(string code) => code is "AccessDeniedException" or "AccessDenied" or "UnauthorizedOperation" or "NotAuthorized";

    private static bool IsBadCredential(string code) =>
        code is "UnrecognizedClientException" or "InvalidClientTokenId" or "InvalidSignatureException" or "ExpiredTokenException" or "ExpiredToken" or "SignatureDoesNotMatch" or "IncompleteSignature" or "MissingAuthenticationTokenException";

    private static string? Text(JsonDocument? answer, string name) =>
        answer is { RootElement.ValueKind: JsonValueKind.Object } && answer.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
