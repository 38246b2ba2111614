using System.Globalization;

namespace Pipelines.Sandbox;

/// <summary>One run at a time on one state folder. The operating system lets go of the lock when the process ends, however it ends.</summary>
internal sealed class SandboxLock : IDisposable
{
    private readonly FileStream _file;
    private readonly string _owner;

    private SandboxLock(FileStream file, string owner)
    {
        _file = file;
        _owner = owner;
    }

    public static SandboxLock Take(string directory)
    {
        Directory.CreateDirectory(directory);
        string owner = Path.Combine(directory, "lock.owner");
        FileStream file;
        try
        {
            file = new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new SandboxBusyException(directory, File.Exists(owner) ? File.ReadAllText(owner).Trim() : null, error);
        }

        File.WriteAllText(owner, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)); // the locked file itself can't be read by others
        return new SandboxLock(file, owner);
    }

    public void Dispose()
    {
        File.Delete(_owner);
        _file.Dispose();
    }
}
