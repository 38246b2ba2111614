using Pipelines.Core.Clients.Oidc;

namespace Pipelines.Sandbox.Vault;

/// <content>Tokens and logins: https://developer.hashicorp.com/vault/api-docs/auth/token.</content>
internal sealed partial class VaultStandIn
{
    private readonly List<VaultStandInToken> _tokens = [];
    private readonly List<VaultLoginRole> _roles = [];

    /// <summary>Every token that was ever given.</summary>
    public IReadOnlyList<VaultStandInToken> Tokens
    {
        get
        {
            lock (_lock)
                return [.. _tokens];
        }
    }

    /// <summary>Adds a token.</summary>
    /// <param name="value">The token.</param>
    /// <param name="displayName">Its name.</param>
    /// <param name="policies">What it may do.</param>
    /// <param name="ttl">How long it lives; null for ever.</param>
    /// <param name="maxTtl">How long it lives at most, whatever it is renewed.</param>
    public VaultStandInToken AddToken(string value, string displayName, IReadOnlyList<string> policies, TimeSpan? ttl = null, TimeSpan? maxTtl = null)
    {
        var token = new VaultStandInToken
        {
            Value = value,
            Accessor = NewId(),
            DisplayName = displayName,
            Policies = policies,
            EntityId = policies.Contains("root") ? "" : NewId(8),
            Expires = ttl is { } life ? _time.GetUtcNow() + life : null,
            Limit = maxTtl is { } limit ? _time.GetUtcNow() + limit : null,
            IsRenewable = ttl is not null,
        };
        lock (_lock)
            _tokens.Add(token);
        return token;
    }

    /// <summary>Lets somebody log in.</summary>
    public void AddLogin(VaultLoginRole role)
    {
        lock (_lock)
            _roles.Add(role);
    }

    private VaultStandInToken? FindToken(string value) => _tokens.Find(token => token.Value == value && !token.IsRevoked && !(token.Expires <= _time.GetUtcNow()));

    private VaultReply LogIn(VaultRequest request)
    {
        string mount = request.Path["auth/".Length..^"/login".Length];
        VaultLoginRole[] roles = [.. _roles.Where(role => role.Mount == mount)];
        if (roles.Length == 0)
            return VaultReply.Denied; // as Vault, which does not tell strangers what is mounted
        string type = roles[0].Type;
        VaultLoginRole? found = Array.Find(roles, role => role.Name == request.Text(type == "approle" ? "role_id" : "role"));
        if (found is null)
            return type == "approle" ? VaultReply.Error(400, "invalid role or secret ID") : VaultReply.Error(400, $"role \"{request.Text("role")}\" could not be found");
        if (Refusal(found, request) is { } refusal)
            return VaultReply.Error(found.Type == "kubernetes" ? 403 : 400, refusal);
        VaultStandInToken token = AddToken("hvs." + NewId(16), $"{mount}-{(found.Type == "approle" ? "app" : found.Name)}", found.Policies, found.Ttl, found.MaxTtl);
        return VaultReply.Auth(token, found.Ttl);
    }

    /// <summary>Signatures of tokens are taken as good: there is nobody here who could have signed them.</summary>
    private string? Refusal(VaultLoginRole role, VaultRequest request)
    {
        if (role.Type == "approle")
            return role.SecretId is null || role.SecretId == request.Text("secret_id") ? null : "invalid role or secret ID";
        if (request.Text("jwt") is not { } jwt || TokenClaims.TryRead(jwt) is not { } claims)
            return "error validating token: malformed jwt";
        if (claims.Expires <= _time.GetUtcNow())
            return "error validating token: token is expired";
        if (role.Audience is { } audience && !claims.Audiences.Contains(audience))
            return "error validating token: invalid audience (aud) claim: audience claim does not match any bound audience";
        return role.Subject is { } subject && !(subject.EndsWith('*') ? claims.Subject?.StartsWith(subject[..^1], StringComparison.Ordinal) == true : claims.Subject == subject)
            ? "error validating token: invalid subject (sub) claim"
            : null;
    }

    private VaultReply LookUp(VaultStandInToken token) => VaultReply.Data(json =>
    {
        json.WriteString("id", token.Value);
        json.WriteString("accessor", token.Accessor);
        json.WriteString("display_name", token.DisplayName);
        json.WriteString("entity_id", token.EntityId);
        json.WriteString("type", "service");
        json.WriteBoolean("renewable", token.IsRenewable);
        json.WriteNumber("ttl", token.Expires is { } expires ? (long)(expires - _time.GetUtcNow()).TotalSeconds : 0);
        json.WriteStartArray("policies");
        foreach (string policy in token.Policies)
            json.WriteStringValue(policy);
        json.WriteEndArray();
    });

    private VaultReply Renew(VaultStandInToken token, VaultRequest request)
    {
        if (!token.IsRenewable)
            return VaultReply.Error(400, "lease is not renewable");
        DateTimeOffset now = _time.GetUtcNow();
        token.Expires = Min(now + TimeSpan.FromSeconds(request.Number("increment")), token.Limit);
        token.Renewals++;
        return VaultReply.Auth(token, token.Expires.Value - now);
    }

    private static VaultReply Revoke(VaultStandInToken token)
    {
        token.IsRevoked = true; // and with it its leases, see FindLease
        return VaultReply.NoContent;
    }
}
