using Amazon.Runtime;
using Pipelines.Core.Clients.Oidc;

namespace Pipelines.Core.Clients.Aws;

/// <summary>The AWS credentials of a run: found once, masked before they are used, renewed before they end.</summary>
/// <remarks>
/// In this order: the keys in the variables; a role by web identity, its token from <c>AWS_WEB_IDENTITY_TOKEN_FILE</c> or else from the CI system (<see cref="IdentityTokens"/>);
/// the chain of AWSSDK.Core (profile and SSO, container, instance).
/// </remarks>
internal sealed class AwsCredentialSource(AwsVariables variables, IdentityTokens tokens, Action<Secret> announce, TimeProvider time) : IDisposable
{
    private const string KeyId = "AWS_ACCESS_KEY_ID";
    private const string SecretKey = "AWS_SECRET_ACCESS_KEY";
    private const string RoleArn = "AWS_ROLE_ARN";
    private const string TokenFile = "AWS_WEB_IDENTITY_TOKEN_FILE";
    private const string DefaultAudience = "sts.amazonaws.com";

    private static readonly TimeSpan s_renewBefore = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _gate = new(1);
    private AWSCredentials? _chain;
    private AwsKey? _current;

    /// <summary>Who the run is, as far as it is known without asking: the role or the access key.</summary>
    public string Name => HasKeys ? $"the access key {variables.Get(KeyId)}" : IsWebIdentity ? $"the role {variables.Get(RoleArn)}" : _current is { } key ? $"the access key {key.Id}" : "this machine";

    private bool HasKeys => variables.Get(KeyId) is not null || variables.Get(SecretKey) is not null;

    private bool IsWebIdentity => variables.Get(RoleArn) is not null && (variables.Get(TokenFile) is not null || tokens.AreOffered);

    /// <summary>The key to sign with now.</summary>
    /// <param name="region">For STS.</param>
    /// <param name="service">What it is for, in messages.</param>
    /// <param name="used">A key that AWS calls expired: another is got; null for whichever is good.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The key; the one that was used again where there is no other.</returns>
    public async Task<AwsKey> GetAsync(string region, string service, AwsKey? used, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_current is { } current && _chain is null && current != used && !EndsSoon(current))
                return current;
            return _current = await FindOrKeepAsync(region, service, used, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private bool EndsSoon(AwsKey key) => key.Expires - time.GetUtcNow() < s_renewBefore;

    /// <summary>A key that still counts is good enough where a new one cannot be had for the moment.</summary>
    private async Task<AwsKey> FindOrKeepAsync(string region, string service, AwsKey? used, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(region, service, used, cancellationToken).ConfigureAwait(false);
        }
        catch (PipelineException exception) when (exception.IsTransient && _current is { } current && current != used && current.Expires > time.GetUtcNow())
        {
            return current;
        }
    }

    private async Task<AwsKey> FindAsync(string region, string service, AwsKey? used, CancellationToken cancellationToken)
    {
        AwsKey key = HasKeys ? FromVariables()
            : IsWebIdentity ? await ByWebIdentityAsync(region, cancellationToken).ConfigureAwait(false)
            : await FromChainAsync(region, service, used, cancellationToken).ConfigureAwait(false);
        announce(key.Secret);
        if (key.SessionToken is not null)
            announce(key.SessionToken);
        return key;
    }

    private AwsKey FromVariables()
    {
        if (variables.Get(KeyId) is not { } id || variables.Get(SecretKey) is not { } secret)
        {
            string missing = variables.Get(KeyId) is null ? KeyId : SecretKey;
            throw new InvalidUsageException($"{missing} is not set, and the other half of the AWS key is.", null, $"Set both {KeyId} and {SecretKey} (and AWS_SESSION_TOKEN for a temporary key), or neither.");
        }

        return new AwsKey(id, Secret.Of(secret, SecretKey), variables.Get("AWS_SESSION_TOKEN") is { } token ? Secret.Of(token, "AWS_SESSION_TOKEN") : null);
    }

    private async Task<AwsKey> ByWebIdentityAsync(string region, CancellationToken cancellationToken)
    {
        Secret token = variables.Get(TokenFile) is { } file
            ? await ReadAsync(file, cancellationToken).ConfigureAwait(false)
            : await tokens.GetAsync(variables.Get("AWS_OIDC_AUDIENCE") ?? DefaultAudience, cancellationToken).ConfigureAwait(false);
        announce(token);
        var sts = new AwsSts(variables.Endpoint("AWS_ENDPOINT_URL_STS"), region);
        return await sts.AssumeRoleAsync(variables.Get(RoleArn)!, variables.Get("AWS_ROLE_SESSION_NAME") ?? "pipelines", token, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Secret> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            string token = (await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false)).Trim();
            return token.Length > 0 ? Secret.Of(token, TokenFile) : throw new InvalidUsageException($"The file that {TokenFile} names is empty: {file}", null, "Whatever runs this job writes it there. Look whether its service account has the role's annotation.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidUsageException($"The file that {TokenFile} names cannot be read: {file}", "  " + exception.Message, $"Check the mount, or take {TokenFile} away to sign in by the CI system's own token.");
        }
    }

    private async Task<AwsKey> FromChainAsync(string region, string service, AwsKey? used, CancellationToken cancellationToken)
    {
        if (_chain is null || used is not null)
            _chain = await AwsCredentials.ResolveAsync(new AwsClientConfig("sts", region), service, cancellationToken).ConfigureAwait(false);
        ImmutableCredentials found = await AwsCredentials.GetAsync(_chain, service).ConfigureAwait(false);
        if (_current is { } current && current.Id == found.AccessKey)
            return current; // the same one, masked already
        return new AwsKey(found.AccessKey, Secret.Of(found.SecretKey, "AWS credentials"), found.UseToken ? Secret.Of(found.Token, "AWS credentials") : null);
    }
}
