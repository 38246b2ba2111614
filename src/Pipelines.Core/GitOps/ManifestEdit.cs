using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

/// <summary>What a manifest says an environment runs: the tag, and the digest where the chart has a key for it. Both are set together, and no other byte.</summary>
internal sealed class ManifestEdit
{
    internal const string DigestSetting = "manifest.digest-key";

    private readonly string _file;
    private readonly byte[] _bytes;
    private readonly YamlScalarEdit _tag;
    private readonly YamlScalarEdit? _digest;
    private readonly YamlKeyPath? _digestKey;

    private ManifestEdit(string file, byte[] bytes, YamlScalarEdit tag, YamlScalarEdit? digest, YamlKeyPath? digestKey)
    {
        _file = file;
        _bytes = bytes;
        _tag = tag;
        _digest = digest;
        _digestKey = digestKey;
    }

    /// <summary>The tag; null where it is empty.</summary>
    public string? Tag => _tag.Value;

    /// <summary>The digest; null where it is empty or the chart has none.</summary>
    public string? Digest => _digest?.Value;

    public bool HasDigest => _digest is not null;

    /// <exception cref="ManifestFileException">The file cannot be read, or lacks one of the keys.</exception>
    public static ManifestEdit Open(ManifestTarget target, byte[] bytes)
    {
        YamlKeyPath? digestKey = target.DigestKey is null ? null : YamlKeyPath.Parse(target.DigestKey, DigestSetting);
        return new ManifestEdit(
            target.File,
            bytes,
            YamlScalarEdit.Open(target.File, bytes, YamlKeyPath.Parse(target.Key)),
            digestKey is null ? null : YamlScalarEdit.Open(target.File, bytes, digestKey),
            digestKey);
    }

    /// <summary>The same, for versions of the past: null where the file did not have the keys then.</summary>
    public static ManifestEdit? TryOpen(ManifestTarget target, byte[]? bytes)
    {
        if (bytes is null)
            return null;
        try
        {
            return Open(target, bytes);
        }
        catch (ManifestFileException)
        {
            return null;
        }
    }

    /// <summary>Whether it says this already. A digest counts only where the chart has a key for it.</summary>
    public bool Says(string? tag, string? digest) => Tag == tag && (_digest is null || Digest == digest);

    /// <summary>The file with another tag and digest.</summary>
    /// <exception cref="ManifestFileException">A value is written in a way that cannot be replaced safely.</exception>
    public byte[] Set(string tag, string? digest)
    {
        byte[] bytes = _tag.Set(tag);
        if (_digestKey is null)
            return bytes;
        return YamlScalarEdit.Open(_file, bytes, _digestKey).Set(digest ?? throw new InvalidOperationException("a digest is missing"));
    }

    /// <summary>The file with both values written as they stood in an earlier version.</summary>
    public byte[] SetAsIn(ManifestEdit earlier)
    {
        byte[] bytes = _tag.SetAsIn(earlier._tag);
        return _digestKey is null || earlier._digest is null ? bytes : YamlScalarEdit.Open(_file, bytes, _digestKey).SetAsIn(earlier._digest);
    }

    public bool IsIn(GitFile file) => file.Bytes.AsSpan().SequenceEqual(_bytes);
}
