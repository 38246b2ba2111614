using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Pipelines.Sandbox.Registry;

internal sealed partial class RegistryStandIn
{
    private const int MaxManifestSize = 4 * 1024 * 1024; // the spec asks registries for at least this

    private async Task ManifestAsync(HttpContext http, string repository, string reference)
    {
        if (HttpMethods.IsPut(http.Request.Method))
        {
            if (fails)
                throw RegistryError.Fault();
            await PutManifestAsync(http, repository, reference).ConfigureAwait(false);
            return;
        }

        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
            throw RegistryError.Unsupported();
        (string digest, string mediaType) = Store.FindManifest(repository, reference) ?? throw RegistryError.ManifestUnknown(reference);
        await SendFileAsync(http, Store.BlobPath(digest), mediaType, digest).ConfigureAwait(false);
    }

    private async Task PutManifestAsync(HttpContext http, string repository, string reference)
    {
        bool byDigest = reference.Contains(':', StringComparison.Ordinal);
        if (byDigest && !RegistryStore.IsDigest(reference))
            throw RegistryError.DigestInvalid(reference);
        if (!byDigest && !RegistryStore.IsTag(reference))
            throw RegistryError.TagInvalid(reference);

        byte[] content = await ReadManifestAsync(http).ConfigureAwait(false);
        string digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
        if (byDigest && digest != reference)
            throw RegistryError.DigestInvalid(reference, digest);
        string mediaType = CheckManifest(http, repository, content);
        Store.PutManifest(repository, digest, mediaType, content, byDigest ? null : reference);
        http.Response.StatusCode = 201;
        http.Response.Headers.Location = $"/v2/{repository}/manifests/{digest}";
        http.Response.Headers["Docker-Content-Digest"] = digest;
    }

    private static async Task<byte[]> ReadManifestAsync(HttpContext http)
    {
        if (http.Request.ContentLength > MaxManifestSize)
            throw RegistryError.ManifestInvalid("it is larger than 4 MB");
        using var buffer = new MemoryStream();
        byte[] chunk = new byte[16 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(chunk, http.RequestAborted).ConfigureAwait(false)) > 0)
        {
            await buffer.WriteAsync(chunk.AsMemory(0, read), http.RequestAborted).ConfigureAwait(false);
            if (buffer.Length > MaxManifestSize)
                throw RegistryError.ManifestInvalid("it is larger than 4 MB");
        }

        return buffer.ToArray();
    }

    /// <summary>Checks that the repository holds all that the manifest names, and returns the manifest's media type.</summary>
    private string CheckManifest(HttpContext http, string repository, byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            JsonElement manifest = document.RootElement;
            if (manifest.ValueKind != JsonValueKind.Object || !manifest.TryGetProperty("schemaVersion", out JsonElement version) || version.GetInt32() != 2)
                throw RegistryError.ManifestInvalid("its schemaVersion is not 2");
            string? said = http.Request.ContentType?.Split(';')[0].Trim();
            string? own = manifest.TryGetProperty("mediaType", out JsonElement type) ? type.GetString() : null;
            if (own is not null && said is { Length: > 0 } && said != own)
                throw RegistryError.ManifestInvalid($"the Content-Type says {said}, the manifest {own}");

            if (manifest.TryGetProperty("config", out JsonElement config))
                RequireBlob(repository, config);
            if (manifest.TryGetProperty("layers", out JsonElement layers))
                foreach (JsonElement layer in layers.EnumerateArray())
                    RequireBlob(repository, layer);
            if (manifest.TryGetProperty("manifests", out JsonElement children))
                foreach (JsonElement child in children.EnumerateArray())
                    if (!RegistryStore.IsDigest(DigestOf(child)) || !Store.HasManifest(repository, DigestOf(child)))
                        throw RegistryError.ManifestBlobUnknown(DigestOf(child));
            return said is { Length: > 0 } ? said : own ?? throw RegistryError.ManifestInvalid("neither it nor the Content-Type names its media type");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw RegistryError.ManifestInvalid(error.Message);
        }
    }

    private void RequireBlob(string repository, JsonElement descriptor)
    {
        string digest = DigestOf(descriptor);
        if (descriptor.TryGetProperty("urls", out _)) // a layer that lives elsewhere and is never pushed
            return;
        if (!RegistryStore.IsDigest(digest) || !Store.HasBlob(repository, digest))
            throw RegistryError.ManifestBlobUnknown(digest);
    }

    private static string DigestOf(JsonElement descriptor) => descriptor.GetProperty("digest").GetString() ?? "";
}
