namespace Pipelines.Sandbox.Vault;

/// <content>Leases: https://developer.hashicorp.com/vault/api-docs/system/leases.</content>
internal sealed partial class VaultStandIn
{
    private readonly List<VaultStandInLease> _leases = [];

    /// <summary>Every lease that was ever given.</summary>
    public IReadOnlyList<VaultStandInLease> Leases
    {
        get
        {
            lock (_lock)
                return [.. _leases];
        }
    }

    private VaultStandInLease NewLease(string path, VaultDatabaseRole role, VaultStandInToken token)
    {
        DateTimeOffset now = _time.GetUtcNow();
        var lease = new VaultStandInLease
        {
            Id = $"{path}/{NewId()}",
            Token = token,
            Issued = now,
            Duration = role.DefaultTtl,
            IsRenewable = role.IsRenewable,
            Limit = now + role.MaxTtl,
            Expires = now + role.DefaultTtl,
        };
        _leases.Add(lease);
        return lease;
    }

    private VaultStandInLease? FindLease(VaultRequest request) =>
        _leases.Find(lease => lease.Id == request.Text("lease_id") && !lease.IsRevoked && !lease.Token.IsRevoked && lease.Expires > _time.GetUtcNow());

    private VaultReply LookUpLease(VaultRequest request) => FindLease(request) is not { } lease ? VaultReply.Error(400, "invalid lease") : VaultReply.Data(json =>
    {
        json.WriteString("id", lease.Id);
        json.WriteString("issue_time", lease.Issued);
        json.WriteString("expire_time", lease.Expires);
        json.WriteBoolean("renewable", lease.IsRenewable);
        json.WriteNumber("ttl", (long)(lease.Expires - _time.GetUtcNow()).TotalSeconds);
    });

    private VaultReply RenewLease(VaultRequest request)
    {
        if (FindLease(request) is not { } lease)
            return VaultReply.Error(400, "lease not found");
        if (!lease.IsRenewable)
            return VaultReply.Error(400, "lease is not renewable");
        DateTimeOffset now = _time.GetUtcNow();
        var asked = TimeSpan.FromSeconds(request.Number("increment"));
        lease.Expires = Min(now + (asked > TimeSpan.Zero ? asked : lease.Duration), lease.Limit);
        lease.Renewals++;
        return new VaultReply(200, json =>
        {
            VaultReply.WriteEnvelope(json, lease.Id, lease.IsRenewable, lease.Expires - now);
            json.WriteNull("data");
        });
    }

    /// <summary>A lease that is gone is revoked as any other: Vault does not mind.</summary>
    private VaultReply RevokeLease(VaultRequest request)
    {
        if (request.Text("lease_id") is not { Length: > 0 })
            return VaultReply.Error(400, "lease_id must be specified");
        if (FindLease(request) is { } lease)
            lease.IsRevoked = true;
        return VaultReply.NoContent;
    }

    private static DateTimeOffset Min(DateTimeOffset left, DateTimeOffset? right) => right is { } limit && limit < left ? limit : left;
}
