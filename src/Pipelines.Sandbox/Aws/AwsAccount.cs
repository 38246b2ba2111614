using System.Collections.Concurrent;
using System.Security.Cryptography;
using Pipelines.Sandbox.Oidc;

namespace Pipelines.Sandbox.Aws;

/// <summary>An account behind the AWS stand-ins: keys, secrets, parameters, trusts, and what is to go wrong.</summary>
internal sealed class AwsAccount
{
    public const string Number = "123456789012";
    public const string Region = "us-east-1";

    private readonly ConcurrentDictionary<string, AccountKey> _keys = new(StringComparer.Ordinal);
    private int _throttled;
    private int _garbled;

    public AwsAccount(AccountKey key, TimeProvider time)
    {
        _keys[key.Id] = key;
        Time = time;
    }

    public TimeProvider Time { get; }

    /// <summary>By name, then by version stage.</summary>
    public ConcurrentDictionary<string, StoredSecret> Secrets { get; } = new(StringComparer.Ordinal);

    /// <summary>By name; the last is the current version.</summary>
    public ConcurrentDictionary<string, StoredParameter> Parameters { get; } = new(StringComparer.Ordinal);

    /// <summary>Which tokens get credentials of which role.</summary>
    public List<WebIdentityTrust> Trusts { get; } = [];

    /// <summary>The CI systems whose tokens IAM knows.</summary>
    public List<OidcIssuer> Issuers { get; } = [];

    /// <summary>Names that nobody may read.</summary>
    public ConcurrentDictionary<string, bool> Denied { get; } = new(StringComparer.Ordinal);

    /// <summary>Names whose key nobody may decrypt with.</summary>
    public ConcurrentDictionary<string, bool> DeniedKeys { get; } = new(StringComparer.Ordinal);

    /// <summary>What answers wait for; null for nothing.</summary>
    public Task? Hold { get; set; }

    /// <summary>How long temporary keys live.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Every call, in the order of arrival.</summary>
    public ConcurrentQueue<AwsCall> Calls { get; } = new();

    /// <summary>The temporary keys that were handed out.</summary>
    public IEnumerable<AccountKey> Sessions => _keys.Values.Where(key => key.SessionToken is not null);

    /// <summary>Lets the next calls of the stores fail for the rate.</summary>
    public void ThrottleNext(int calls) => _throttled = calls;

    /// <summary>Lets a proxy's page answer the next calls of the stores.</summary>
    public void GarbleNext(int calls) => _garbled = calls;

    public bool TakeThrottle() => Interlocked.Decrement(ref _throttled) >= 0;

    public bool TakeGarble() => Interlocked.Decrement(ref _garbled) >= 0;

    public AccountKey? Find(string keyId) => _keys.GetValueOrDefault(keyId);

    /// <summary>A temporary key of a role.</summary>
    public AccountKey MakeSession(string roleArn, string session)
    {
        string role = roleArn[(roleArn.LastIndexOf('/') + 1)..];
        var key = new AccountKey("ASIA" + Convert.ToHexString(RandomNumberGenerator.GetBytes(8)), Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20)))
        {
            SessionToken = Convert.ToBase64String(RandomNumberGenerator.GetBytes(96)),
            Expires = Time.GetUtcNow() + SessionLifetime,
            Arn = $"arn:aws:sts::{Number}:assumed-role/{role}/{session}",
        };
        return _keys[key.Id] = key;
    }

    /// <summary>Ends every temporary key at once.</summary>
    public void ExpireSessions()
    {
        foreach (AccountKey key in Sessions)
            _keys[key.Id] = key with { Expires = Time.GetUtcNow() };
    }
}
