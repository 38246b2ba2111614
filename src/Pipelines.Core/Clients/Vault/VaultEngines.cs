using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Vault;

/// <summary>Reads paths of secrets engines. Mount and KV version are found as the vault CLI finds them, by <c>sys/internal/ui/mounts/PATH</c>; where the token may not see that, KV v2 is tried with the first
/// part of the path as the mount, then the path as it is. https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version.</summary>
internal sealed class VaultEngines(VaultSession session)
{
    private readonly ConcurrentDictionary<string, VaultMount> _mounts = new(StringComparer.Ordinal); // one is never below another

    /// <exception cref="SecretNotFoundException">There is nothing, or the version was deleted.</exception>
    /// <exception cref="SecretDeniedException">The token may not read it.</exception>
    /// <exception cref="SecretUnusableException">What is there has no keys and values.</exception>
    /// <exception cref="VaultCallException">Vault does not answer as it should.</exception>
    public async Task<VaultContent> ReadAsync(VaultReference reference, CancellationToken cancellationToken)
    {
        (VaultMount? mount, bool isKnown) = await FindMountAsync(reference.Path, cancellationToken).ConfigureAwait(false);
        if (mount is { IsVersioned: true })
        {
            string place = $"{mount.Path}data/{Below(mount, reference.Path)}";
            VaultAnswer answer = await GetAsync(place, reference.Version, cancellationToken).ConfigureAwait(false);
            return Usable(answer) ? Content(reference, place, answer) : throw await FailAsync(reference, mount, [(place, answer)], cancellationToken).ConfigureAwait(false);
        }

        if (isKnown)
        {
            if (reference.Version is not null)
                throw new InvalidUsageException($"The secret {reference.Text} names a version.", $"  {mount?.Name ?? "Its mount"} keeps no versions.", "Leave ?version= out.");
            VaultAnswer answer = await GetAsync(reference.Path, null, cancellationToken).ConfigureAwait(false);
            return Usable(answer) ? Content(reference, reference.Path, answer) : throw await FailAsync(reference, mount, [(reference.Path, answer)], cancellationToken).ConfigureAwait(false);
        }

        int slash = reference.Path.IndexOf('/', StringComparison.Ordinal);
        string versioned = $"{reference.Path[..slash]}/data/{reference.Path[(slash + 1)..]}";
        VaultAnswer first = await GetAsync(versioned, reference.Version, cancellationToken).ConfigureAwait(false);
        if (Usable(first))
            return Content(reference, versioned, first);
        if (reference.Version is not null || Versions(first).ValueKind == JsonValueKind.Object)
            throw await FailAsync(reference, null, [(versioned, first)], cancellationToken).ConfigureAwait(false);
        VaultAnswer second = await GetAsync(reference.Path, null, cancellationToken).ConfigureAwait(false);
        return Usable(second) ? Content(reference, reference.Path, second) : throw await FailAsync(reference, null, [(versioned, first), (reference.Path, second)], cancellationToken).ConfigureAwait(false);
    }

    private async Task<(VaultMount? Mount, bool IsKnown)> FindMountAsync(string path, CancellationToken cancellationToken)
    {
        if (_mounts.Values.FirstOrDefault(mount => path.StartsWith(mount.Path, StringComparison.Ordinal)) is { } known)
            return (known, true);
        VaultAnswer answer = await session.SendAsync(HttpMethod.Get, "sys/internal/ui/mounts/" + VaultReference.Escape(path), null, cancellationToken).ConfigureAwait(false);
        if (answer.IsMissing)
            return (null, true); // Vault before 0.10 knows no versions
        if (!answer.IsSuccess || VaultAnswer.Text(answer.Data, "path") is not { Length: > 0 } mountPath || VaultAnswer.Text(answer.Data, "type") is not { } type)
            return (null, false);
        mountPath = mountPath.TrimEnd('/') + "/";
        while (!path.StartsWith(mountPath, StringComparison.Ordinal)) // with the namespaces in front, which the path has not
        {
            int slash = mountPath.IndexOf('/', StringComparison.Ordinal);
            if (slash == mountPath.Length - 1)
                return (null, false);
            mountPath = mountPath[(slash + 1)..];
        }

        bool isVersioned = type == "kv" && VaultAnswer.Text(VaultAnswer.Get(answer.Data, "options"), "version") == "2";
        var found = new VaultMount(mountPath, type == "generic" ? "kv" : type, isVersioned);
        _mounts[mountPath] = found;
        return (found, true);
    }

    private Task<VaultAnswer> GetAsync(string path, int? version, CancellationToken cancellationToken) =>
        session.SendAsync(HttpMethod.Get, VaultReference.Escape(path) + (version is null ? "" : string.Create(CultureInfo.InvariantCulture, $"?version={version}")), null, cancellationToken);

    private static string Below(VaultMount mount, string path) => path.Length > mount.Path.Length ? path[mount.Path.Length..] : "";

    /// <summary>A read of a KV v2 secret, whichever way its path was come by: <c>data.data</c> beside <c>data.metadata</c>.</summary>
    private static JsonElement Versions(VaultAnswer answer) =>
        VaultAnswer.Get(answer.Data, "metadata") is { ValueKind: JsonValueKind.Object } metadata && VaultAnswer.Get(metadata, "version").ValueKind == JsonValueKind.Number && answer.Data.TryGetProperty("data", out _) ? metadata : default;

    /// <summary>A deleted version comes with status 404 and its metadata.</summary>
    private static bool Usable(VaultAnswer answer) => answer.IsSuccess && !(Versions(answer).ValueKind == JsonValueKind.Object && VaultAnswer.Get(answer.Data, "data").ValueKind == JsonValueKind.Null);

    private VaultContent Content(VaultReference reference, string place, VaultAnswer answer)
    {
        if (answer.Data.ValueKind != JsonValueKind.Object)
        {
            throw VaultAnswer.Get(answer.Root, "wrap_info").ValueKind == JsonValueKind.Object
                ? new SecretUnusableException(reference.Text, $"What Vault answers for {place} is wrapped (wrap_info), and is not unwrapped here.", "Take min_wrapping_ttl out of the policy of this path.")
                : new SecretUnusableException(reference.Text, $"What Vault answers for {place} has no keys and values in 'data'.", "Check the path: vault read " + place);
        }

        JsonElement values = Versions(answer).ValueKind == JsonValueKind.Object ? VaultAnswer.Get(answer.Data, "data") : answer.Data;
        if (values.ValueKind != JsonValueKind.Object)
            throw new SecretUnusableException(reference.Text, $"What Vault answers for {place} has no keys and values in 'data.data'.", "Check the path: vault read " + place);
        var byKey = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty property in values.EnumerateObject())
            byKey[property.Name] = property.Value;
        VaultLease? lease = VaultAnswer.Text(answer.Root, "lease_id") is { Length: > 0 } id
            ? new VaultLease(id, reference.Path, VaultAnswer.Seconds(answer.Root, "lease_duration"), VaultAnswer.IsTrue(answer.Root, "renewable"), session.Token!)
            : null;
        return new VaultContent(place, byKey, lease);
    }

    private async Task<PipelineException> FailAsync(VaultReference reference, VaultMount? mount, IReadOnlyList<(string Place, VaultAnswer Answer)> tries, CancellationToken cancellationToken)
    {
        foreach ((string place, VaultAnswer answer) in tries)
            if (Versions(answer) is { ValueKind: JsonValueKind.Object } version)
                return Deleted(reference, place, version);
        (string Place, VaultAnswer Answer)[] denied = [.. tries.Where(one => one.Answer.IsDenied)];
        if (denied.Length > 0)
        {
            string places = string.Join(" or on ", denied.Select(one => one.Place));
            string unknown = mount is null ? $" {session.Settings.NamespaceHint} Vault also answers so where there is no such mount." : "";
            return new SecretDeniedException(
                reference.Text,
                await session.IdentityAsync(cancellationToken).ConfigureAwait(false),
                $"read on {places}",
                $"  {session.Settings.Name}\n{denied[0].Answer.Told}",
                $"Add to a policy of it:  path \"{denied[0].Place}\" {{ capabilities = [\"read\"] }}{unknown}");
        }

        (string last, VaultAnswer refusal) = tries[^1];
        if (!refusal.IsMissing)
            return new VaultCallException($"{session.Settings.Name} does not give what is at {last}.", refusal.Told, "Only paths that answer a GET are secrets: try it with  vault read " + last);
        string told = refusal.Errors.Length > 0 || refusal.Warnings.Length > 0 ? $"\n  {refusal.Errors}{refusal.Warnings}" : "";
        string neighbours = mount is { Type: "kv" } ? await NeighboursAsync(mount, reference.Path, cancellationToken).ConfigureAwait(false) : "";
        return new SecretNotFoundException(
            reference.Text,
            $"{session.Settings.Name} has nothing at {string.Join(" nor at ", tries.Select(one => one.Place))}{(mount is null ? "" : $" ({mount.Name})")}.{neighbours}{told}",
            mount is null || refusal.Says("no handler") ? session.Settings.NamespaceHint : $"Write it there, or correct the path: {(mount.Type == "kv" ? "vault kv get " : "vault read ")}{reference.Path}");
    }

    private static SecretNotFoundException Deleted(VaultReference reference, string place, JsonElement metadata)
    {
        int version = VaultAnswer.Get(metadata, "version").TryGetInt32(out int number) ? number : 0;
        bool destroyed = VaultAnswer.IsTrue(metadata, "destroyed");
        string when = VaultAnswer.Text(metadata, "deletion_time") is { Length: > 0 } time ? $" at {time}" : "";
        return new SecretNotFoundException(
            reference.Text,
            destroyed ? $"Version {version} at {place} was destroyed: its value is gone." : $"Version {version} at {place} was deleted{when}.",
            destroyed ? "Write a new version, or name another one: ?version=N." : $"Bring it back (vault kv undelete -versions={version} {reference.Path}), write a new version, or name another one: ?version=N.");
    }

    /// <summary>What else there is in the folder, where the token may list it.</summary>
    private async Task<string> NeighboursAsync(VaultMount mount, string path, CancellationToken cancellationToken)
    {
        string below = Below(mount, path);
        int slash = below.LastIndexOf('/');
        string folder = slash < 0 ? "" : below[..(slash + 1)];
        VaultAnswer answer = await session.SendAsync(VaultHttp.List, VaultReference.Escape($"{mount.Path}{(mount.IsVersioned ? "metadata/" : "")}{folder}"), null, cancellationToken).ConfigureAwait(false);
        JsonElement keys = VaultAnswer.Get(answer.Data, "keys");
        if (!answer.IsSuccess || keys.ValueKind != JsonValueKind.Array)
            return "";
        string[] names = [.. keys.EnumerateArray().Where(key => key.ValueKind == JsonValueKind.String).Select(key => key.GetString()!)];
        const int shown = 20;
        return names.Length == 0 ? "" : $" {mount.Path}{folder} has: {string.Join(", ", names.Take(shown))}{(names.Length > shown ? ", …" : "")}.{NearestName.Suggestion(below[(slash + 1)..], names)}";
    }
}
