using System.Net;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Aws;

/// <summary>Turns the errors of the AWS JSON protocol (<c>__type</c> and <c>message</c>) into ours.</summary>
internal static class AwsErrors
{
    private const int LongestMessage = 500;

    private static readonly TimeSpan s_acceptedSkew = TimeSpan.FromMinutes(4); // AWS takes 5

    public static AwsRequestException Unreachable(string permission, Uri address, string evidence, Exception? innerException) =>
        new(
            permission,
            "",
            $"{permission} could not be called: {address.Authority} cannot be reached.",
            $"  {evidence}",
            "Check the region, the network and the proxy of this machine. A retry may help.",
            transient: true,
            innerException);

    /// <param name="permission">The call, which is the permission's name too.</param>
    /// <param name="region">The region it went to.</param>
    /// <param name="address">The endpoint.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="answer">The answer; null where it is no JSON. What it says is told up to a limit: whatever answers there may not be AWS.</param>
    /// <param name="clockAhead">How far this machine's clock is ahead of the answer's.</param>
    public static AwsRequestException Of(string permission, string region, Uri address, HttpStatusCode status, JsonDocument? answer, TimeSpan? clockAhead = null)
    {
        string code = Text(answer, "__type") ?? "";
        code = code[(code.LastIndexOf('#') + 1)..];
        string message = Text(answer, "message") ?? Text(answer, "Message") ?? (answer is null ? "the answer is no JSON" : "");
        if (message.Length > LongestMessage)
            message = message[..LongestMessage] + "…";
        string evidence = $"  {(int)status} {code}{(message.Length == 0 ? "" : ": " + message.ReplaceLineEndings(" "))}";
        if (IsThrottling(code) || TransientErrors.IsTransient(status))
            return new AwsRequestException(permission, code, $"{permission} was refused for now: AWS limits the rate or has a fault.", evidence, "A retry may help.", transient: true);
        if (IsDenied(code))
            return new AwsRequestException(permission, code, $"The AWS credentials of this machine may not call {permission}.", evidence, $"Allow '{permission}' in an IAM policy of that user or role (region {region}).", transient: false);
        if ((IsClock(code) || code is "InvalidSignatureException" or "SignatureDoesNotMatch") && clockAhead is { } ahead && ahead.Duration() >= s_acceptedSkew)
        {
            string off = $"{Durations.Text(ahead.Duration())} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")}";
            return new AwsRequestException(permission, code, $"AWS refuses {permission}: this machine's clock is wrong.", $"{evidence}\n  The clock is {off} that of {address.Host}.", "Set the clock (timedatectl, chrony): a signature counts for 5 minutes.", transient: false);
        }

        if (IsBadCredential(code) || IsClock(code))
            return new AwsRequestException(permission, code, $"AWS does not accept the credentials of this machine for {permission}.", evidence, "They are expired, of another account, or this machine's clock is wrong. Sign in again ('aws sso login'), or renew the role's session.", transient: false);
        if (answer is null)
            return new AwsRequestException(permission, code, $"What answers at {address.Authority} is not AWS.", evidence, "Check the endpoint (AWS_ENDPOINT_URL and its kin) and the proxy.", transient: false);
        return new AwsRequestException(permission, code, $"{permission} failed at {address.Authority}.", evidence, null, transient: false);
    }

    private static bool IsThrottling(string code) => code.Contains("Throttl", StringComparison.Ordinal) || code is "TooManyRequestsException" or "RequestLimitExceeded" or "ServerException" or "ServiceUnavailable" or "InternalServerError" or "RequestTimeout" or "RequestTimeoutException";

    private static bool IsDenied(string code) => code is "AccessDeniedException" or "AccessDenied" or "UnauthorizedOperation" or "NotAuthorized";

    /// <summary>Whether a temporary key has ended: a new one may do.</summary>
    public static bool IsExpired(string code) => code is "ExpiredTokenException" or "ExpiredToken";

    private static bool IsClock(string code) => code is "RequestTimeTooSkewed" or "RequestExpired";

    private static bool IsBadCredential(string code) =>
        code is "UnrecognizedClientException" or "InvalidClientTokenId" or "InvalidSignatureException" or "ExpiredTokenException" or "ExpiredToken" or "SignatureDoesNotMatch" or "IncompleteSignature" or "MissingAuthenticationTokenException";

    private static string? Text(JsonDocument? answer, string name) =>
        answer is { RootElement.ValueKind: JsonValueKind.Object } && answer.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
