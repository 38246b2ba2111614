using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace Pipelines.Core.Clients.Aws;

/// <summary>The AWS credentials of this machine, by the chain of AWSSDK.Core: environment, web identity, profiles and SSO, container, instance.</summary>
internal static class AwsCredentials
{
    /// <summary>For stand-ins on loopback: the machine's own credentials are never read for them.</summary>
    public static ImmutableCredentials MadeUp { get; } = new("AKIDSANDBOX", "sandbox", null);

    public static async Task<ImmutableCredentials> FindAsync(AwsClientConfig config, string service, CancellationToken cancellationToken)
    {
        AWSCredentials credentials = await ResolveAsync(config, service, cancellationToken).ConfigureAwait(false);
        return await GetAsync(credentials, service).ConfigureAwait(false);
    }

    /// <summary>The first of the chain that is there. It renews itself: ask it for the key each time.</summary>
    public static Task<AWSCredentials> ResolveAsync(AwsClientConfig config, string service, CancellationToken cancellationToken) => TellAsync(service, async () =>
    {
        using var resolver = new DefaultAWSCredentialsIdentityResolver();
        return await resolver.ResolveIdentityAsync(config, cancellationToken).ConfigureAwait(false);
    });

    public static Task<ImmutableCredentials> GetAsync(AWSCredentials credentials, string service) => TellAsync(service, credentials.GetCredentialsAsync);

    private static async Task<T> TellAsync<T>(string service, Func<Task<T>> find)
    {
        try
        {
            return await find().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AmazonClientException or AmazonServiceException)
        {
            string tried = "AWS_ACCESS_KEY_ID, web identity, the profile (AWS_PROFILE), the container's role, the instance's role";
            throw new AwsCredentialsNotFoundException(service, $"  Tried: {tried}.\n  {exception.Message.ReplaceLineEndings("\n  ")}", exception);
        }
    }
}
