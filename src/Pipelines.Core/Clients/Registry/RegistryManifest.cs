using System.Text.Json;

namespace Pipelines.Core.Clients.Registry;

/// <summary>A manifest as a registry holds it. Its digest is computed from the bytes, never taken on trust.</summary>
/// <param name="Digest">The digest of <paramref name="Content"/>.</param>
/// <param name="MediaType">What kind of manifest.</param>
/// <param name="Content">The bytes.</param>
internal sealed record RegistryManifest(string Digest, string MediaType, ReadOnlyMemory<byte> Content)
{
    /// <summary>The digest of the image's configuration, which is docker's image id; null for an index of several images.</summary>
    public string? ConfigDigest
    {
        get
        {
            using var document = JsonDocument.Parse(Content);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("config", out JsonElement config) && config.ValueKind == JsonValueKind.Object
                && config.TryGetProperty("digest", out JsonElement digest) ? digest.GetString() : null;
        }
    }

    /// <summary>Whether this is the image with that id: docker's classic store names images by their configuration, its containerd store and OCI layouts by their manifest.</summary>
    public bool Is(string imageId) => string.Equals(imageId, Digest, StringComparison.Ordinal) || string.Equals(imageId, ConfigDigest, StringComparison.Ordinal);
}
