using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Pipelines.Core.Clients.Oidc;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Aws;

/// <summary>AWS STS, by its own SDK: a token for short-lived credentials, and whose credentials these are. No call is repeated here: the secrets' resolver does that.</summary>
internal sealed class AwsSts(Uri? endpoint, string region)
{
    public const string AssumeRole = "sts:AssumeRoleWithWebIdentity";

    private static readonly TimeSpan s_assumeTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_identityTimeout = TimeSpan.FromSeconds(5); // only an error message waits for it

    /// <summary>Exchanges an OpenID Connect token for credentials of a role.</summary>
    /// <param name="role">Its ARN.</param>
    /// <param name="session">What CloudTrail shows of the session.</param>
    /// <param name="token">The token.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<AwsKey> AssumeRoleAsync(string role, string session, Secret token, CancellationToken cancellationToken)
    {
        try
        {
            using AmazonSecurityTokenServiceClient client = new(new AnonymousAWSCredentials(), Config(s_assumeTimeout));
            AssumeRoleWithWebIdentityResponse answer = await client.AssumeRoleWithWebIdentityAsync(
                new AssumeRoleWithWebIdentityRequest { RoleArn = role, RoleSessionName = session, WebIdentityToken = token.Reveal() }, cancellationToken).ConfigureAwait(false);
            if (answer.Credentials is not { AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0, SessionToken.Length: > 0 } given)
                throw NotAws("  an answer without credentials", null);
            return new AwsKey(given.AccessKeyId, Secret.Of(given.SecretAccessKey, role), Secret.Of(given.SessionToken, role))
            {
                Expires = given.Expiration is { } expires ? new DateTimeOffset(expires.ToUniversalTime(), TimeSpan.Zero) : null,
            };
        }
        catch (AmazonServiceException exception)
        {
            throw Of(exception, role, TokenClaims.TryRead(token.Reveal()));
        }
        catch (Exception exception) when (exception is AmazonClientException or HttpRequestException or TimeoutException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Failed("", "STS cannot be reached.", "  " + exception.GetBaseException().Message, "Check the region, the network and the proxy of this machine. A retry may help.", transient: true, exception);
        }
    }

    /// <summary>The ARN of who signs with a key; null where STS does not tell.</summary>
    public async Task<string?> CallerAsync(AwsKey key)
    {
        try
        {
            AWSCredentials credentials = key.SessionToken is { } token
                ? new SessionAWSCredentials(key.Id, key.Secret.Reveal(), token.Reveal())
                : new BasicAWSCredentials(key.Id, key.Secret.Reveal());
            using AmazonSecurityTokenServiceClient client = new(credentials, Config(s_identityTimeout));
            GetCallerIdentityResponse answer = await client.GetCallerIdentityAsync(new GetCallerIdentityRequest()).ConfigureAwait(false);
            return string.IsNullOrEmpty(answer.Arn) ? null : answer.Arn;
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException or TimeoutException or OperationCanceledException)
        {
            return null; // it was for a message about something else
        }
    }

    private AmazonSecurityTokenServiceConfig Config(TimeSpan timeout)
    {
        var config = new AmazonSecurityTokenServiceConfig { MaxErrorRetry = 0, Timeout = timeout, AllowAutoRedirect = false };
        if (endpoint is null)
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        else
            (config.ServiceURL, config.AuthenticationRegion) = (endpoint.AbsoluteUri, region);
        return config;
    }

    private static AwsRequestException Of(AmazonServiceException exception, string role, TokenClaims? claims)
    {
        string code = exception.ErrorCode ?? "";
        string message = exception.Message is { Length: > 500 } long_ ? long_[..500] + "…" : exception.Message;
        string evidence = $"  {(int)exception.StatusCode} {code}: {message.ReplaceLineEndings(" ")}\n  The token says: {claims?.Describe() ?? "nothing readable"}, iss {claims?.Issuer ?? "-"}";
        if (code is "Throttling" or "IDPCommunicationError" || TransientErrors.IsTransient(exception.StatusCode) || exception.StatusCode == 0)
            return Failed(code, "STS refuses for now: it limits the rate, has a fault, or cannot reach the CI system's keys.", evidence, "A retry may help.", transient: true, exception);
        return code switch
        {
            "AccessDenied" => Failed(code, $"The role {role} does not trust this job.", evidence, "Its trust policy must name exactly this sub and aud. Print it: dotnet run --project build -- oidc aws", false, exception),
            "ExpiredTokenException" or "ExpiredToken" => Failed(code, "The OpenID Connect token has expired.", evidence, "Such a token lives minutes: use it earlier in the job, and check this machine's clock.", false, exception),
            "InvalidIdentityToken" => Failed(code, $"The account of {role} does not accept tokens of this CI system for this audience.", evidence, "Add its issuer as an OpenID Connect provider in IAM, with this aud as client id. The issuer and the policy: dotnet run --project build -- oidc aws", false, exception),
            "" => NotAws($"  {(int)exception.StatusCode} without an error code of AWS", exception),
            _ => Failed(code, $"STS gives no credentials of {role}.", evidence, "Check AWS_ROLE_ARN and AWS_REGION.", false, exception),
        };
    }

    private static AwsRequestException NotAws(string evidence, Exception? inner) =>
        Failed("", "What answers in place of STS is not AWS.", evidence, "Check AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL and the proxy.", transient: false, inner);

    private static AwsRequestException Failed(string code, string what, string? evidence, string advice, bool transient, Exception? inner) => new(AssumeRole, code, what, evidence, advice, transient, inner);
}
