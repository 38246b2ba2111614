namespace Pipelines.Core.Tools.Docker;

/// <summary>A folder that only this user can read, gone when disposed. What docker reads secrets from lies in one.</summary>
internal sealed class PrivateFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private PrivateFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>Makes one below the system's temporary folder: never below the checkout, where a build context could pick it up.</summary>
    public static PrivateFolder Create() => new(Directory.CreateTempSubdirectory("pipelines-").FullName); // made with mode 0700

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
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // gone already
        }
    }
}
