using System.Text.Json;

namespace Pipelines.Core.Clients.Registry;

/// <summary>An image in an OCI image layout on disk (OCI image-spec "image layout"): <c>oci-layout</c>, <c>index.json</c>, <c>blobs/sha256/…</c>.</summary>
internal sealed class OciLayout(string directory)
{
    public string Directory => directory;

    /// <summary>Where a blob is.</summary>
    public string BlobPath(string digest) => Path.Combine(directory, "blobs", digest.Replace(':', Path.DirectorySeparatorChar));

    /// <summary>Makes the folders and the marker file of an empty layout.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "blobs", "sha256"));
        await File.WriteAllTextAsync(Path.Combine(directory, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a small blob.</summary>
    /// <returns>Its digest.</returns>
    public async Task<string> WriteBlobAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string digest = Digests.Of(content.Span);
        await File.WriteAllBytesAsync(BlobPath(digest), content, cancellationToken).ConfigureAwait(false);
        return digest;
    }

    /// <summary>Uploads the image with that manifest digest: blobs first, the manifest last, so that the tag never names something incomplete.</summary>
    /// <returns>The digest that the registry holds.</returns>
    public async Task<string> PushAsync(RegistryClient client, ImageReference reference, string manifestDigest, StageLog log, CancellationToken cancellationToken)
    {
        byte[] manifest = await File.ReadAllBytesAsync(BlobPath(manifestDigest), cancellationToken).ConfigureAwait(false);
        if (Digests.Of(manifest) != manifestDigest)
            throw Changed(manifestDigest);
        foreach ((string digest, long size) in BlobsOf(manifest))
        {
            FileStream content = File.OpenRead(BlobPath(digest));
            await using (content.ConfigureAwait(false))
            {
                if (await Digests.OfAsync(content, cancellationToken).ConfigureAwait(false) != digest)
                    throw Changed(digest);
                content.Position = 0;
                bool sent = await client.UploadBlobAsync(reference, digest, content, cancellationToken).ConfigureAwait(false);
                log.Info(sent ? $"pushed {digest} ({size} bytes)" : $"{digest} is there already");
            }
        }

        return await client.PutManifestAsync(reference, manifest, MediaTypes.OciManifest, cancellationToken).ConfigureAwait(false);
    }

    private static List<(string Digest, long Size)> BlobsOf(byte[] manifest)
    {
        using var document = JsonDocument.Parse(manifest);
        return
        [
            .. document.RootElement.GetProperty("layers").EnumerateArray().Append(document.RootElement.GetProperty("config"))
                .Select(descriptor => (descriptor.GetProperty("digest").GetString()!, descriptor.GetProperty("size").GetInt64()))
                .Distinct(),
        ];
    }

    private StageFailedException Changed(string digest) =>
        new($"The image in {directory} was changed after it was scanned.", $"  the blob {digest} has other content", "Something else writes to the run's folder. Run again.");
}
