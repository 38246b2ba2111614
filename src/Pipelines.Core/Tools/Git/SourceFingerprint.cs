using System.Security.Cryptography;
using System.Text;

namespace Pipelines.Core.Tools.Git;

/// <summary>Names uncommitted changes by their contents: the same changes on the same commit give the same name, whatever is staged.</summary>
/// <remarks>Computed from the changed files alone. A tree written by git would cost three processes more, hash all files, and leave objects in the user's repository.</remarks>
internal static class SourceFingerprint
{
    private const int Digits = 12;

    public static async Task<string> ComputeAsync(string directory, IReadOnlyList<string> changes, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string change in changes)
            await AddAsync(hash, directory, change, cancellationToken).ConfigureAwait(false);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Digits];
    }

    private static async Task AddAsync(IncrementalHash hash, string directory, string path, CancellationToken cancellationToken)
    {
        var file = new FileInfo(Path.Combine(directory, path));
        if (file.LinkTarget is { } target)
        {
            Add(hash, "link", path, target);
        }
        else if (file.Exists)
        {
            bool executable = !OperatingSystem.IsWindows() && (file.UnixFileMode & UnixFileMode.UserExecute) != 0;
            using FileStream content = file.OpenRead();
            Add(hash, executable ? "program" : "file", path, Convert.ToHexString(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false)));
        }
        else if (Directory.Exists(file.FullName)) // a repository inside this one: git lists it as a whole
        {
            foreach (string inner in Directory.EnumerateFiles(file.FullName, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                if (!inner.Split('/', '\\').Contains(".git"))
                    await AddAsync(hash, directory, Path.GetRelativePath(directory, inner), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            Add(hash, "deleted", path, "");
        }
    }

    private static void Add(IncrementalHash hash, string kind, string path, string content) =>
        hash.AppendData(Encoding.UTF8.GetBytes($"{kind}\0{path.Replace('\\', '/')}\0{content}\0"));
}
