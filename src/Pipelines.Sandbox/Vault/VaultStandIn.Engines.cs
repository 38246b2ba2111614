using System.Text.Json;

namespace Pipelines.Sandbox.Vault;

/// <content>Secrets engines.</content>
internal sealed partial class VaultStandIn
{
    /// <summary>Mounts an engine.</summary>
    /// <param name="path">With or without the slash at its end.</param>
    /// <param name="type"><c>kv</c> or <c>database</c>.</param>
    /// <param name="version">Of KV.</param>
    /// <param name="ns">Empty for the root namespace.</param>
    public void AddMount(string path, string type, int version = 2, string ns = "")
    {
        lock (_lock)
            MountOf(ns, path.TrimEnd('/') + "/", type, version);
    }

    /// <summary>Writes a new version of a KV secret.</summary>
    /// <param name="path">With the mount, such as <c>secret/prod/stripe</c>.</param>
    /// <param name="json">The object.</param>
    /// <param name="ns">Empty for the root namespace.</param>
    public void Write(string path, string json, string ns = "")
    {
        lock (_lock)
        {
            VaultStandInMount mount = FindMount(ns, path) ?? MountOf(ns, path[..(path.IndexOf('/', StringComparison.Ordinal) + 1)], "kv", 2);
            SecretOf(mount, path).Versions.Add(new VaultKvSecret.Version { Json = json, Created = _time.GetUtcNow() });
        }
    }

    /// <summary>Deletes the newest version of a KV v2 secret, softly or for good.</summary>
    public void Delete(string path, bool destroy)
    {
        lock (_lock)
        {
            VaultKvSecret.Version version = SecretOf(FindMount("", path)!, path).Versions[^1];
            version.IsDestroyed = destroy;
            version.Deleted = destroy ? null : _time.GetUtcNow();
        }
    }

    /// <summary>Adds a role of the database engine at <c>database/</c>.</summary>
    public void AddDatabaseRole(string name, VaultDatabaseRole role)
    {
        lock (_lock)
            MountOf("", "database/", "database", 0).Roles[name] = role;
    }

    private void SeedOnce()
    {
        if (_isSeeded)
            return;
        _isSeeded = true;
        const string scheme = "vault://";
        var byPath = _seed.Where(pair => pair.Key.StartsWith(scheme, StringComparison.Ordinal)).Select(pair => (Parts: pair.Key[scheme.Length..].Split('#', 2), pair.Value))
            .Where(one => one.Parts.Length == 2).GroupBy(one => one.Parts[0].Split('?')[0], one => KeyValuePair.Create(one.Parts[1], one.Value));
        foreach (IGrouping<string, KeyValuePair<string, string>> secret in byPath)
        {
            var values = secret.ToDictionary(StringComparer.Ordinal);
            const string roles = "database/creds/";
            if (secret.Key.StartsWith(roles, StringComparison.Ordinal))
                AddDatabaseRole(secret.Key[roles.Length..], new VaultDatabaseRole { Fixed = values });
            else
                Write(secret.Key, System.Text.Encoding.UTF8.GetString(Hosting.Answers.Bytes(json => WriteTexts(json, values))));
        }
    }

    private static void WriteTexts(Utf8JsonWriter json, IReadOnlyDictionary<string, string> values)
    {
        foreach ((string key, string value) in values)
            json.WriteString(key, value);
    }

    private VaultStandInMount MountOf(string ns, string path, string type, int version)
    {
        if (!_mounts.TryGetValue((ns, path), out VaultStandInMount? mount))
            _mounts[(ns, path)] = mount = new VaultStandInMount(path, type, version);
        return mount;
    }

    private VaultStandInMount? FindMount(string ns, string path) => _mounts.FirstOrDefault(pair => pair.Key.Namespace == ns && path.StartsWith(pair.Key.Path, StringComparison.Ordinal)).Value;

    private static VaultKvSecret SecretOf(VaultStandInMount mount, string path)
    {
        string below = path[mount.Path.Length..];
        if (!mount.Secrets.TryGetValue(below, out VaultKvSecret? secret))
            mount.Secrets[below] = secret = new VaultKvSecret();
        return secret;
    }

    /// <summary>https://developer.hashicorp.com/vault/api-docs/system/internal-ui-mounts: a token sees the mounts on which it may do anything at all.</summary>
    private VaultReply Mount(VaultRequest request, VaultStandInToken token, string path)
    {
        if (FindMount(request.Namespace, path + "/") is not { } mount || !Policies.Touches(token.Policies, mount.Path))
            return VaultReply.Error(403, $"preflight capability check returned 403, please ensure client's policies grant access to path \"{path}/\"");
        return VaultReply.Data(json =>
        {
            json.WriteString("path", mount.Path);
            json.WriteString("type", mount.Type);
            if (mount.Type != "kv")
            {
                json.WriteNull("options");
                return;
            }

            json.WriteStartObject("options");
            json.WriteString("version", mount.Version == 2 ? "2" : "1");
            json.WriteEndObject();
        });
    }

    private static VaultReply Kv(VaultStandInMount mount, VaultRequest request)
    {
        string below = request.Path[mount.Path.Length..];
        if (request.Method == "LIST")
            return Names(mount, mount.Version == 2 && below.StartsWith("metadata/", StringComparison.Ordinal) ? below["metadata/".Length..] : below);
        if (request.Method != "GET")
            return VaultReply.Error(405, "1 error occurred:\n\t* unsupported operation\n\n");
        if (mount.Version == 1)
            return mount.Secrets.TryGetValue(below, out VaultKvSecret? plain) ? VaultReply.Data(json => WriteObject(json, plain.Versions[^1].Json)) : VaultReply.NotFound;
        if (!below.StartsWith("data/", StringComparison.Ordinal))
            return new VaultReply(404, json =>
            {
                json.WriteStartArray("warnings");
                json.WriteStringValue("Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use.");
                json.WriteEndArray();
            });
        if (!mount.Secrets.TryGetValue(below["data/".Length..], out VaultKvSecret? secret) || request.Version > secret.Versions.Count)
            return VaultReply.NotFound;
        int number = request.Version ?? secret.Versions.Count;
        VaultKvSecret.Version version = secret.Versions[number - 1];
        bool isGone = version.IsDestroyed || version.Deleted is not null;
        return VaultReply.Data(json =>
        {
            if (isGone)
            {
                json.WriteNull("data");
            }
            else
            {
                json.WriteStartObject("data");
                WriteObject(json, version.Json);
                json.WriteEndObject();
            }

            json.WriteStartObject("metadata");
            json.WriteString("created_time", version.Created);
            json.WriteNull("custom_metadata");
            json.WriteString("deletion_time", version.Deleted?.ToString("O") ?? "");
            json.WriteBoolean("destroyed", version.IsDestroyed);
            json.WriteNumber("version", number);
            json.WriteEndObject();
        }, status: isGone ? 404 : 200);
    }

    private static VaultReply Names(VaultStandInMount mount, string folder)
    {
        string prefix = folder.Length == 0 || folder.EndsWith('/') ? folder : folder + "/";
        string[] names = [.. mount.Secrets.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Select(key => Part(key[prefix.Length..])).Distinct().Order(StringComparer.Ordinal)];
        return names.Length == 0 ? VaultReply.NotFound : VaultReply.Data(json =>
        {
            json.WriteStartArray("keys");
            foreach (string name in names)
                json.WriteStringValue(name);
            json.WriteEndArray();
        });

        static string Part(string rest) => rest.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? rest[..(slash + 1)] : rest;
    }

    /// <summary>Raw, so that tests may write what no JSON writer would: a lone surrogate, say.</summary>
    private static void WriteObject(Utf8JsonWriter json, string text)
    {
        using var document = JsonDocument.Parse(text);
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            json.WritePropertyName(property.Name);
            json.WriteRawValue(property.Value.GetRawText());
        }
    }

    /// <summary>https://developer.hashicorp.com/vault/api-docs/secret/databases#generate-credentials.</summary>
    private VaultReply Database(VaultStandInMount mount, VaultRequest request, VaultStandInToken token)
    {
        const string credentials = "creds/";
        string below = request.Path[mount.Path.Length..];
        if (request.Method != "GET" || !below.StartsWith(credentials, StringComparison.Ordinal))
            return VaultReply.Error(404, "1 error occurred:\n\t* unsupported path\n\n");
        string name = below[credentials.Length..];
        if (!mount.Roles.TryGetValue(name, out VaultDatabaseRole? role))
            return VaultReply.Error(400, $"unknown role: {name}");
        VaultStandInLease lease = NewLease(request.Path, role, token);
        return VaultReply.Data(json =>
        {
            if (!role.Fixed.ContainsKey("username"))
                json.WriteString("username", $"v-{token.DisplayName}-{name}-{NewId(6)}");
            if (!role.Fixed.ContainsKey("password"))
                json.WriteString("password", "A1a-" + NewId());
            WriteTexts(json, role.Fixed);
        }, lease);
    }
}
