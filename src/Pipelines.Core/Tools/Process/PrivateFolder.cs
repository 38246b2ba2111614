namespace Pipelines.Core.Tools;

/// <summary>A folder that only this user can read, gone when disposed. What programs read secrets from lies in one.</summary>
/// <remarks>A lock in it tells a folder in use from what a killed run left, see <see cref="RemoveLeftovers"/>: process ids would not, since containers may share the temporary folder.</remarks>
internal sealed class PrivateFolder : IDisposable
{
    private const string Prefix = "pipelines-";
    private const string LockName = ".lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _lock;

    private PrivateFolder(string path)
    {
        Path = path;
        string name = System.IO.Path.Combine(path, LockName);
        if (OperatingSystem.IsWindows())
        {
            _lock = Open(name, FileMode.CreateNew);
            return;
        }

        // Elsewhere a file is there a moment before it is locked, and in that moment another run would take the folder for a leftover: it gets the name that others look for once it is locked.
        string unseen = name + "-new";
        _lock = Open(unseen, FileMode.CreateNew);
        File.Move(unseen, name);
    }

    public string Path { get; }

    /// <summary>Makes one below the system's temporary folder: never below the checkout, where a build context could pick it up.</summary>
    public static PrivateFolder Create() => new(Directory.CreateTempSubdirectory(Prefix).FullName); // made with mode 0700

    /// <summary>Removes the folders of runs that were killed before they could do it themselves.</summary>
    /// <param name="parent">Where to look; null for the system's temporary folder.</param>
    public static void RemoveLeftovers(string? parent = null)
    {
        foreach (string folder in Directory.EnumerateDirectories(parent ?? System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            try
            {
                string file = System.IO.Path.Combine(folder, LockName);
                if (!File.Exists(file))
                    continue; // somebody else's, or made this very moment
                using (Open(file, FileMode.Open))
                    Directory.Delete(folder, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // In use, or another user's.
            }
        }
    }

    /// <summary>Writes a file that only this user can read. Never into one that is there already.</summary>
    public string Write(string name, string content)
    {
        string path = System.IO.Path.Combine(Path, name);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using var writer = new StreamWriter(path, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
        writer.Write(content);
        return path;
    }

    public void Dispose()
    {
        if (OperatingSystem.IsWindows())
            _lock.Dispose(); // an open file cannot be deleted there
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // gone already
        }

        _lock.Dispose();
    }

    private static FileStream Open(string file, FileMode mode) => new(file, mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
}
