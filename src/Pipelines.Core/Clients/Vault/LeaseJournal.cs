using System.Text.Json;

namespace Pipelines.Core.Clients.Vault;

/// <summary>The ids of leases that are held, in <c>.pipelines/leases</c>: what a run that was killed leaves behind, the next one revokes. One file a lease, 0600 in a folder of 0700.</summary>
internal sealed class LeaseJournal(string folder)
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileMode600 | UnixFileMode.UserExecute;
    private const int LongestFile = 16 * 1024;

    public string Folder => folder;

    /// <summary>Writes a lease down; it is on the disk when this returns.</summary>
    /// <returns>The file.</returns>
    public string Write(LeaseRecord lease)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, FolderMode);
            File.SetUnixFileMode(folder, FolderMode);
        }

        string path = System.IO.Path.Combine(folder, $"{Guid.NewGuid():N}.json");
        string unfinished = path + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode600;
        using (var file = new FileStream(unfinished, options))
        {
            using (var json = new Utf8JsonWriter(file))
            {
                json.WriteStartObject();
                json.WriteString("lease_id", lease.Id);
                json.WriteString("path", lease.Path);
                json.WriteString("address", lease.Address);
                json.WriteString("namespace", lease.Namespace);
                json.WriteString("expires", lease.Expires);
                json.WriteEndObject();
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path);
        return path;
    }

    /// <summary>The lease is gone. So is the folder, with its last file: the next run then has nothing to look at.</summary>
    public void Remove(string file)
    {
        try
        {
            File.Delete(file);
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next run finds a lease that is gone, which is fine, and tries again.
        }
    }

    /// <summary>The files there are now. Half-written ones are removed: nobody ever had their credentials.</summary>
    public IReadOnlyList<string> Files()
    {
        if (!Directory.Exists(folder))
            return [];
        foreach (string unfinished in Directory.GetFiles(folder, "*.json.tmp"))
            Remove(unfinished);
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : [];
    }

    /// <summary>Reads a file that this class wrote. Others are refused: one that came with the checkout must not tell us which leases to revoke, and git keeps no mode of 0600.</summary>
    /// <exception cref="InvalidDataException">It is not one of ours.</exception>
    public LeaseRecord Read(string file)
    {
        var info = new FileInfo(file);
        if (info.LinkTarget is not null || new DirectoryInfo(folder).LinkTarget is not null)
            throw new InvalidDataException("it is a link");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) != FileMode600 || File.GetUnixFileMode(folder) != FolderMode))
            throw new InvalidDataException("others may read or write it, so this program did not write it");
        if (info.Length > LongestFile)
            throw new InvalidDataException("it is too large");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            JsonElement root = document.RootElement;
            return VaultAnswer.Text(root, "lease_id") is { Length: > 0 } id && VaultAnswer.Text(root, "address") is { } address
                ? new LeaseRecord(id, VaultAnswer.Text(root, "path") ?? "", address, VaultAnswer.Text(root, "namespace"), VaultAnswer.Get(root, "expires").TryGetDateTimeOffset(out DateTimeOffset expires) ? expires : default)
                : throw new InvalidDataException("it names no lease");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException("it is no JSON of ours", exception);
        }
    }
}
