using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Pipelines.Core.Clients.Registry;

namespace Pipelines.Core.Stages.Image;

/// <summary>Packs files into one gzip-compressed layer that depends on nothing but their names, contents and execute bits.</summary>
internal static class LayerArchive
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // 1980: some programs that read archives refuse earlier times
    private static readonly DateTimeOffset FixedTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The files of a build context, sorted by name. What no build should see stays out always: git's own folder, this library's, and what the pipeline's script was built to.</summary>
    public static IReadOnlyList<string> FilesOf(string folder, IgnoreList ignored)
    {
        var files = new List<string>();
        Collect("");
        files.Sort(StringComparer.Ordinal);
        return files;

        void Collect(string below)
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(Path.Combine(folder, below)).EnumerateFileSystemInfos())
            {
                string path = below.Length == 0 ? entry.Name : $"{below}/{entry.Name}";
                if (entry.Name is ".git" or ".pipelines" || path is "build/bin" or "build/obj")
                    continue;
                if (entry is DirectoryInfo && entry.LinkTarget is null)
                    Collect(path);
                else if (!ignored.Excludes(path))
                    files.Add(path);
            }
        }
    }

    /// <summary>Writes the layer as a blob of the layout.</summary>
    /// <returns>Its digest, its size, and the digest of the uncompressed archive.</returns>
    public static async Task<(string Digest, long Size, string DiffId)> WriteAsync(OciLayout layout, string folder, IReadOnlyList<string> files, string destination, CancellationToken cancellationToken)
    {
        string temporary = Path.Combine(layout.Directory, "layer.partial");
        string diffId;
        string digest;
        long size;
        var compressed = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite);
        await using (compressed.ConfigureAwait(false))
        {
            using (var hash = SHA256.Create())
            {
                var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true);
                await using (gzip.ConfigureAwait(false))
                {
                    var hashing = new CryptoStream(gzip, hash, CryptoStreamMode.Write, leaveOpen: true);
                    await using (hashing.ConfigureAwait(false))
                        await WriteTarAsync(hashing, folder, files, destination.Trim('/'), cancellationToken).ConfigureAwait(false);
                    diffId = "sha256:" + Convert.ToHexStringLower(hash.Hash!);
                }
            }

            compressed.Position = 0;
            digest = await Digests.OfAsync(compressed, cancellationToken).ConfigureAwait(false);
            size = compressed.Length;
        }

        File.Move(temporary, layout.BlobPath(digest), overwrite: true);
        return (digest, size, diffId);
    }

    private static async Task WriteTarAsync(Stream stream, string folder, IReadOnlyList<string> files, string destination, CancellationToken cancellationToken)
    {
        var tar = new TarWriter(stream, TarEntryFormat.Gnu, leaveOpen: true); // not PAX: .NET writes the id of the process into its headers
        await using (tar.ConfigureAwait(false))
        {
            var folders = new SortedSet<string>(StringComparer.Ordinal);
            foreach (string file in files)
                AddParents(folders, destination.Length == 0 ? file : $"{destination}/{file}");
            foreach (string name in folders)
                await tar.WriteEntryAsync(Entry(TarEntryType.Directory, name + "/", Readable | Executable), cancellationToken).ConfigureAwait(false);
            foreach (string file in files)
                await WriteFileAsync(tar, new FileInfo(Path.Combine(folder, file)), destination.Length == 0 ? file : $"{destination}/{file}", cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task WriteFileAsync(TarWriter tar, FileInfo file, string name, CancellationToken cancellationToken)
    {
        if (file.LinkTarget is { } target)
        {
            GnuTarEntry link = Entry(TarEntryType.SymbolicLink, name, Readable | Executable);
            link.LinkName = target.Replace('\\', '/');
            await tar.WriteEntryAsync(link, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (!OperatingSystem.IsWindows() && (file.Attributes & FileAttributes.Device) != 0)
            return;
        bool executable = !OperatingSystem.IsWindows() && (file.UnixFileMode & UnixFileMode.UserExecute) != 0;
        GnuTarEntry entry = Entry(TarEntryType.RegularFile, name, executable ? Readable | Executable : Readable);
        FileStream content = file.OpenRead();
        await using (content.ConfigureAwait(false))
        {
            entry.DataStream = content;
            await tar.WriteEntryAsync(entry, cancellationToken).ConfigureAwait(false);
        }
    }

    private static GnuTarEntry Entry(TarEntryType type, string name, UnixFileMode mode) => new(type, name)
    {
        Mode = mode,
        ModificationTime = FixedTime,
        AccessTime = default,
        ChangeTime = default,
        Uid = 0,
        Gid = 0,
        UserName = "",
        GroupName = "",
    };

    private static void AddParents(SortedSet<string> folders, string path)
    {
        for (int slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            folders.Add(path[..slash]);
    }
}
