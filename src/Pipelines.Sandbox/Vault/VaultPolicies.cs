namespace Pipelines.Sandbox.Vault;

/// <summary>Policies, as far as denying a path goes: rules of a path, exact or with <c>*</c> at its end, and capabilities. https://developer.hashicorp.com/vault/docs/concepts/policies.</summary>
internal sealed class VaultPolicies
{
    private readonly Dictionary<string, List<(string Path, string[] Capabilities)>> _rules = new(StringComparer.Ordinal)
    {
        // what of Vault's own default policy counts here
        ["default"] =
        [
            ("auth/token/lookup-self", ["read"]),
            ("auth/token/renew-self", ["update"]),
            ("auth/token/revoke-self", ["update"]),
            ("sys/leases/lookup", ["update"]),
            ("sys/leases/renew", ["update"]),
        ],
    };

    public void Add(string policy, string path, params string[] capabilities)
    {
        if (!_rules.TryGetValue(policy, out List<(string, string[])>? rules))
            _rules[policy] = rules = [];
        rules.Add((path, capabilities));
    }

    public bool Allows(IReadOnlyList<string> policies, string path, string capability)
    {
        if (policies.Contains("root"))
            return true;
        (string Path, string[] Capabilities)[] fitting = [.. Rules(policies).Where(rule => Fits(rule.Path, path))];
        return !fitting.Any(rule => rule.Capabilities.Contains("deny")) && fitting.Any(rule => rule.Capabilities.Contains(capability));
    }

    /// <summary>Whether there is any rule on a mount: that lets a token see the mount.</summary>
    public bool Touches(IReadOnlyList<string> policies, string mount) => policies.Contains("root") || Rules(policies).Any(rule => rule.Path.StartsWith(mount, StringComparison.Ordinal));

    private IEnumerable<(string Path, string[] Capabilities)> Rules(IReadOnlyList<string> policies) => policies.SelectMany(policy => _rules.TryGetValue(policy, out List<(string, string[])>? rules) ? rules : []);

    private static bool Fits(string rule, string path) => rule.EndsWith('*') ? path.StartsWith(rule[..^1], StringComparison.Ordinal) : path == rule;
}
