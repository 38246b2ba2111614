using System.Globalization;

namespace Pipelines.Core.Clients.Vault;

/// <summary><c>vault://mount/path?version=N#key</c>, taken apart. <c>%23</c>, <c>%3F</c> and <c>%25</c> stand for <c>#</c>, <c>?</c> and <c>%</c>.</summary>
/// <param name="Text">The reference as it is written.</param>
/// <param name="Path">The path as people write it, without key and version.</param>
/// <param name="Version">The version of a KV v2 secret; null for the newest.</param>
/// <param name="Key">The key; null for all of them.</param>
internal sealed record VaultReference(SecretReference Text, string Path, int? Version, string? Key)
{
    private const string Form = "Write vault://mount/path#key, such as vault://secret/prod/stripe#api-key, or vault://secret/prod/stripe?version=3#api-key for one version.";

    /// <exception cref="InvalidUsageException">It is malformed.</exception>
    public static VaultReference Parse(SecretReference reference)
    {
        string place = reference.Path;
        string? key = null;
        int hash = place.IndexOf('#', StringComparison.Ordinal);
        if (hash >= 0)
        {
            key = Uri.UnescapeDataString(place[(hash + 1)..]);
            place = place[..hash];
            if (key.Length == 0)
                throw Malformed(reference, "It ends with '#', and no key follows.");
            if (key.Contains("?version=", StringComparison.Ordinal))
                throw Malformed(reference, "The version stands behind the key.");
        }

        int? version = null;
        int question = place.IndexOf('?', StringComparison.Ordinal);
        if (question >= 0)
        {
            version = VersionOf(reference, place[(question + 1)..]);
            place = place[..question];
        }

        string path = Uri.UnescapeDataString(place);
        string[] segments = path.Split('/');
        if (segments.Any(segment => segment.Length == 0))
            throw Malformed(reference, "Its path starts or ends with '/', or has '//' in it.");
        if (segments.Any(segment => segment is "." or "..") || path.Any(char.IsControl))
            throw Malformed(reference, "Its path has '.', '..' or a control character in it.");
        if (segments.Length < 2)
            throw Malformed(reference, "It names a mount, and nothing in it.");
        return new VaultReference(reference, path, version, key);
    }

    /// <summary>A path as it stands in a URL.</summary>
    public static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static int VersionOf(SecretReference reference, string query) =>
        query.StartsWith("version=", StringComparison.Ordinal) && int.TryParse(query["version=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int version) && version > 0
            ? version
            : throw Malformed(reference, "What stands behind '?' is not version=N, with N from 1.");

    private static InvalidUsageException Malformed(SecretReference reference, string evidence) => new($"The secret {reference} is malformed.", evidence, Form);
}
