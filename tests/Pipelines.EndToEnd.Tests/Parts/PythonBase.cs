using System.Formats.Tar;
using System.Text.RegularExpressions;
using Pipelines.Core;
using Pipelines.Testing;

namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>A base image with this machine's own Python, made by <c>docker import</c>: nothing is downloaded, and the sample really runs on it.</summary>
internal sealed partial class PythonBase : IAsyncDisposable
{
    public const string Python = "/usr/bin/python3";
    public const string BusyBox = "/bin/busybox";

    private static readonly string[] Unneeded = ["test", "idlelib", "lib2to3", "ensurepip", "tkinter", "turtledemo", "pydoc_data", "distutils", "dist-packages", "__pycache__", "venv", "unittest"];

    private readonly string _layer;

    private PythonBase(string name, string layer)
    {
        Name = name;
        _layer = layer;
    }

    /// <summary>The image's name.</summary>
    public string Name { get; }

    public static async Task<PythonBase> CreateAsync()
    {
        using var folder = new TemporaryDirectory();
        string archive = Path.Combine(folder.Path, "base.tar");
        await WriteAsync(archive, folder.Write("made-for", Guid.NewGuid().ToString()));
        string name = $"pipelines-e2e-python:{Guid.NewGuid():N}";
        await Machine.RunAsync("docker", "import", archive, name);
        string layer = (await Machine.RunAsync("docker", "image", "inspect", "--format", "{{index .RootFS.Layers 0}}", name)).Trim();
        return new PythonBase(name, layer);
    }

    /// <summary>Removes the image and all that was built on it, the classic builder's nameless stages included.</summary>
    public async ValueTask DisposeAsync()
    {
        for (int round = 0; round < 3; round++)
        {
            string[] all = (await Machine.RunAsync("docker", "images", "--all", "--quiet", "--no-trunc")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            foreach (string id in all.Distinct())
                if ((await Machine.TryAsync(new Command("docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", id))).Output.Contains(_layer, StringComparison.Ordinal))
                    await Machine.TryAsync(new Command("docker", "rmi", "--force", id));
        }
    }

    private static async Task WriteAsync(string archive, string mark)
    {
        string python = Path.GetFullPath(File.ResolveLinkTarget(Python, returnFinalTarget: true)?.FullName ?? Python);
        string library = $"/usr/lib/{Path.GetFileName(python)}";
        string[] modules = Directory.GetFiles($"{library}/lib-dynload", "*.so");
        using var tar = new TarWriter(File.Create(archive));
        tar.WriteEntry(mark, "etc/made-for"); // so that no two runs share a layer
        tar.WriteEntry(BusyBox, "bin/busybox");
        tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/sh") { LinkName = "busybox" });
        tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "tmp") { Mode = (UnixFileMode)0b001_111_111_111 });
        tar.WriteEntry(python, "usr/bin/python3");
        foreach (string file in await LibrariesAsync([python, .. modules]))
            await AddAsync(tar, file);
        foreach (string file in Directory.EnumerateFiles(library, "*", SearchOption.AllDirectories).Where(file => !IsUnneeded(Path.GetRelativePath(library, file))))
            await AddAsync(tar, file);
    }

    private static bool IsUnneeded(string file)
    {
        string[] folders = file.Split('/')[..^1];
        return folders.Any(folder => Unneeded.Contains(folder)) || file.StartsWith("config-", StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<string>> LibrariesAsync(string[] programs)
    {
        string output = (await Machine.TryAsync(new Command("ldd", programs))).Output; // "libz.so.1 => /lib/…/libz.so.1 (0x…)", "/lib64/ld-linux-x86-64.so.2 (0x…)"
        return Library().Matches(output).Select(match => match.Value).Where(File.Exists).Distinct();
    }

    /// <summary>Adds what a link points at under the link's name.</summary>
    private static async Task AddAsync(TarWriter tar, string file)
    {
        await using var content = new FileStream(file, FileMode.Open, FileAccess.Read);
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, file[1..]) { DataStream = content, Mode = (UnixFileMode)0b111_101_101 });
    }

    [GeneratedRegex(@"/\S+(?= \(0x)")]
    private static partial Regex Library();
}
