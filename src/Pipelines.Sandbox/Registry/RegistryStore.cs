using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Pipelines.Sandbox.Hosting;

#pragma warning disable CA3003 // names, tags and digests are matched against the spec's patterns, which know no "..", before they get here

namespace Pipelines.Sandbox.Registry;

/// <summary>
/// The registry's content on disk: blobs by digest, and per repository empty files that say which blobs it holds, its manifests with their media type, and its tags.
/// Everything is written beside its place and renamed into it, so that a kill leaves either the old or the new.
/// </summary>
internal sealed partial class RegistryStore
{
    private static readonly TimeSpan s_uploadLifetime = TimeSpan.FromDays(1);

    private readonly string _root;

    public RegistryStore(string root, TimeProvider time)
    {
        _root = root;
        string uploads = Directory.CreateDirectory(Path.Combine(root, "uploads")).FullName;
        foreach (string abandoned in Directory.EnumerateFiles(uploads))
            if (time.GetUtcNow() - File.GetLastWriteTimeUtc(abandoned) > s_uploadLifetime)
                File.Delete(abandoned);
    }

    public static bool IsDigest(string text) => DigestPattern().IsMatch(text);

    public static bool IsTag(string text) => TagPattern().IsMatch(text);

    public static bool IsRepository(string text) => text.Length <= 255 && RepositoryPattern().IsMatch(text);

    public string BlobPath(string digest) => Path.Combine(_root, "blobs", Hex(digest));

    public bool HasBlob(string repository, string digest) => File.Exists(LinkPath(repository, digest)) && File.Exists(BlobPath(digest));

    public bool Exists(string repository) => Directory.Exists(Path.Combine(RepositoryPath(repository), "_manifests"));

    public void Link(string repository, string digest) => StateFile.Write(LinkPath(repository, digest), []);

    public string NewUpload()
    {
        string id = Guid.NewGuid().ToString("D");
        File.Create(UploadPath(id)).Dispose();
        return id;
    }

    /// <summary>The bytes an upload has so far.</summary>
    public long UploadLength(string id)
    {
        var file = new FileInfo(Guid.TryParseExact(id, "D", out _) ? UploadPath(id) : throw RegistryError.UploadUnknown());
        return file.Exists ? file.Length : throw RegistryError.UploadUnknown();
    }

    public async Task AppendAsync(string id, Stream body, CancellationToken cancellationToken)
    {
        var upload = new FileStream(UploadPath(id), FileMode.Append, FileAccess.Write, FileShare.None, 1, useAsync: false);
        await using (upload.ConfigureAwait(false))
            await body.CopyToAsync(upload, cancellationToken).ConfigureAwait(false);
    }

    public void CancelUpload(string id) => File.Delete(UploadPath(id));

    public async Task CompleteUploadAsync(string repository, string id, string digest, CancellationToken cancellationToken)
    {
        string actual;
        FileStream upload = File.OpenRead(UploadPath(id));
        await using (upload.ConfigureAwait(false))
            actual = "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(upload, cancellationToken).ConfigureAwait(false));
        if (actual != digest)
        {
            CancelUpload(id);
            throw RegistryError.DigestInvalid(digest, actual);
        }

        Directory.CreateDirectory(Path.Combine(_root, "blobs"));
        File.Move(UploadPath(id), BlobPath(digest), overwrite: true);
        Link(repository, digest);
    }

    public void PutManifest(string repository, string digest, string mediaType, byte[] content, string? tag)
    {
        StateFile.Write(BlobPath(digest), content);
        StateFile.Write(ManifestPath(repository, digest), System.Text.Encoding.UTF8.GetBytes(mediaType));
        if (tag is not null)
            StateFile.Write(TagPath(repository, tag), System.Text.Encoding.UTF8.GetBytes(digest));
    }

    public bool HasManifest(string repository, string digest) => File.Exists(ManifestPath(repository, digest));

    /// <summary>The digest and the media type of a manifest; null where there is none.</summary>
    public (string Digest, string MediaType)? FindManifest(string repository, string reference)
    {
        string digest = reference;
        if (!IsDigest(reference))
        {
            if (!IsTag(reference) || !File.Exists(TagPath(repository, reference)))
                return null;
            digest = File.ReadAllText(TagPath(repository, reference));
        }

        return HasManifest(repository, digest) ? (digest, File.ReadAllText(ManifestPath(repository, digest))) : null;
    }

    public IReadOnlyList<string> Tags(string repository)
    {
        string folder = Path.Combine(RepositoryPath(repository), "_tags");
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)).Where(name => !name.EndsWith(".tmp", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
            : [];
    }

    private static string Hex(string digest) => digest["sha256:".Length..];

    // "_" starts no component of a repository's name, so these folders can't be taken for one.
    private string RepositoryPath(string repository) => Path.Combine(_root, "repositories", repository);

    private string LinkPath(string repository, string digest) => Path.Combine(RepositoryPath(repository), "_blobs", Hex(digest));

    private string ManifestPath(string repository, string digest) => Path.Combine(RepositoryPath(repository), "_manifests", Hex(digest));

    private string TagPath(string repository, string tag) => Path.Combine(RepositoryPath(repository), "_tags", tag);

    private string UploadPath(string id) => Path.Combine(_root, "uploads", id);

    [GeneratedRegex(@"^sha256:[0-9a-f]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex DigestPattern();

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryPattern();
}
