using System.Text.Json;

namespace Pipelines.Core.Clients.Aws;

/// <summary>AWS as one run sees it: its region, its credentials, its calls.</summary>
internal sealed class AwsSession(HttpClient http, AwsVariables variables, AwsCredentialSource credentials, TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private Task<string>? _identity;

    public AwsVariables Variables => variables;

    /// <summary>Calls an operation. A key that ends in the middle of the run is renewed once.</summary>
    /// <param name="service">The service.</param>
    /// <param name="region">The region.</param>
    /// <param name="operation">Such as <c>GetSecretValue</c>.</param>
    /// <param name="body">The request as JSON.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<JsonDocument> CallAsync(AwsService service, string region, string operation, string body, CancellationToken cancellationToken)
    {
        string permission = $"{service.SigningName}:{operation}";
        Uri? endpoint = variables.Endpoint(service.EndpointVariable);
        AwsKey key = await credentials.GetAsync(region, permission, used: null, cancellationToken).ConfigureAwait(false);
        try
        {
            return await CallAsync(key).ConfigureAwait(false);
        }
        catch (AwsRequestException exception) when (AwsErrors.IsExpired(exception.Code))
        {
            AwsKey renewed = await credentials.GetAsync(region, permission, used: key, cancellationToken).ConfigureAwait(false);
            if (renewed.SessionToken is { } token && token.Reveal() != key.SessionToken?.Reveal())
                return await CallAsync(renewed).ConfigureAwait(false);
            throw new AwsRequestException(
                permission,
                exception.Code,
                $"The credentials of {credentials.Name} have expired, and there are no newer ones.",
                exception.Evidence,
                "Keys in AWS_ACCESS_KEY_ID and AWS_SESSION_TOKEN can't be renewed by the run. Ask for a longer session, or let the run sign in itself: AWS_ROLE_ARN with the CI system's OpenID Connect token.",
                transient: false,
                exception);
        }

        Task<JsonDocument> CallAsync(AwsKey with) => new AwsJsonClient(http, service, region, endpoint, time, with).CallAsync(operation, body, cancellationToken);
    }

    /// <summary>Who this run is, for messages: an ARN, or the name of the key or role where STS does not tell.</summary>
    public Task<string> IdentityAsync(string region)
    {
        lock (_lock)
            return _identity ??= AskIdentityAsync(region);
    }

    public void Dispose() => credentials.Dispose();

    private async Task<string> AskIdentityAsync(string region)
    {
        try
        {
            AwsKey key = await credentials.GetAsync(region, "sts:GetCallerIdentity", used: null, CancellationToken.None).ConfigureAwait(false);
            return await new AwsSts(variables.Endpoint("AWS_ENDPOINT_URL_STS"), region).CallerAsync(key).ConfigureAwait(false) ?? credentials.Name;
        }
        catch (PipelineException)
        {
            return credentials.Name;
        }
    }
}
