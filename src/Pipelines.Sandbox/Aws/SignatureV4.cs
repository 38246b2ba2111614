using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Pipelines.Sandbox.Aws;

/// <summary>Checks a request's AWS Signature Version 4, as AWS does: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.</summary>
internal static class SignatureV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    private static readonly TimeSpan s_counts = TimeSpan.FromMinutes(5);

    /// <summary>The error that AWS would answer with; null where the signature is right. For an account of one key, whatever the time.</summary>
    public static (string Type, string Message)? Check(HttpRequest request, byte[] body, string service, string accessKey, string secretKey) =>
        Check(request, body, service, key => key == accessKey ? new AccountKey(key, secretKey) : null, null).Error;

    /// <summary>Whose key signed, or the error that AWS would answer with.</summary>
    /// <param name="request">The request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="service">The service it must be signed for.</param>
    /// <param name="find">The account's keys.</param>
    /// <param name="now">The time, if the signature's is to be checked.</param>
    public static (AccountKey? Key, (string Type, string Message)? Error) Check(HttpRequest request, byte[] body, string service, Func<string, AccountKey?> find, DateTimeOffset? now)
    {
        AccountKey? found = null;
        (string Type, string Message)? error = Check(request, body, service, id => found = find(id), now, () => found!.Secret);
        return error is null ? (found, null) : (null, error);
    }

    private static (string Type, string Message)? Check(HttpRequest request, byte[] body, string service, Func<string, AccountKey?> find, DateTimeOffset? now, Func<string> secretKey)
    {
        string header = request.Headers.Authorization.ToString();
        if (header.Length == 0)
            return ("MissingAuthenticationTokenException", "Missing Authentication Token");
        Dictionary<string, string> fields = header.StartsWith(Algorithm + " ", StringComparison.Ordinal) ? Fields(header[(Algorithm.Length + 1)..]) : [];
        if (!fields.TryGetValue("Credential", out string? credential) || !fields.TryGetValue("SignedHeaders", out string? signedHeaders)
            || !fields.TryGetValue("Signature", out string? signature) || credential.Split('/') is not [string key, string date, string region, string named, "aws4_request"])
            return ("IncompleteSignatureException", $"Authorization header requires '{Algorithm}' with Credential, SignedHeaders and Signature.");
        if (find(key) is not { } known || (request.Headers["X-Amz-Security-Token"].ToString() is var token && token != (known.SessionToken ?? "")))
            return ("UnrecognizedClientException", "The security token included in the request is invalid.");
        if (named != service)
            return ("InvalidSignatureException", $"Credential should be scoped to correct service: '{service}'.");
        string time = request.Headers["X-Amz-Date"].ToString();
        string[] names = signedHeaders.Split(';');
        if (!time.StartsWith(date, StringComparison.Ordinal) || !names.Contains("host"))
            return ("InvalidSignatureException", "Date in Credential scope does not match X-Amz-Date, or 'host' is not signed.");

        if (known.SessionToken is not null && !names.Contains("x-amz-security-token"))
            return ("InvalidSignatureException", "'x-amz-security-token' must be signed.");
        if (now is { } clock && !IsNear(time, clock))
            return ("InvalidSignatureException", $"Signature expired: {time} is now earlier or later than {clock:yyyyMMdd'T'HHmmss'Z'} by more than 5 min.");

        string canonical = string.Join('\n',
            request.Method, request.Path.Value, request.QueryString.Value?.TrimStart('?'),
            string.Concat(names.Select(name => $"{name}:{string.Join(',', request.Headers[name].Select(value => value?.Trim()))}\n")),
            signedHeaders, Hex(SHA256.HashData(body)));
        string toSign = string.Join('\n', Algorithm, time, $"{date}/{region}/{service}/aws4_request", Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
        byte[] signingKey = Hmac(Hmac(Hmac(Hmac(Encoding.UTF8.GetBytes("AWS4" + secretKey()), date), region), service), "aws4_request");
        bool isRight = CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hex(Hmac(signingKey, toSign))), Encoding.ASCII.GetBytes(signature));
        return !isRight
            ? ("InvalidSignatureException", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.")
            : known.Expires <= now ? ("ExpiredTokenException", "The security token included in the request is expired.") : null;
    }

    private static bool IsNear(string time, DateTimeOffset now) =>
        DateTimeOffset.TryParseExact(time, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset signed) && (signed - now).Duration() <= s_counts;

    private static Dictionary<string, string> Fields(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
            if (part.Split('=', 2) is [string name, string value])
                fields[name] = value;
        return fields;
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
