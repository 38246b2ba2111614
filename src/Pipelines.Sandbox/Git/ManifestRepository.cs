using System.Globalization;
using System.Text;

namespace Pipelines.Sandbox.Git;

/// <summary>The bare repository that the pipeline pushes to and the Argo CD stand-in follows.</summary>
internal sealed class ManifestRepository
{
    private const string Branch = "main";

    private readonly string _hook;

    private ManifestRepository(string path)
    {
        Path = path;
        _hook = System.IO.Path.Combine(path, "hooks", "pre-receive");
    }

    public string Path { get; }

    /// <summary>The folder whose files change when the branch moves.</summary>
    public string RefsFolder => System.IO.Path.Combine(Path, "refs", "heads");

    /// <summary>Opens the repository; makes it with its first files where there is none.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="seed">Its first files.</param>
    /// <param name="needed">Those of them that are made even where the repository is there and has them not: an environment's manifest.</param>
    /// <param name="time">The clock of the commits.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The repository, and whether it was made.</returns>
    public static async Task<(ManifestRepository Repository, bool Created)> OpenAsync(string path, IReadOnlyDictionary<string, string> seed, IReadOnlyList<string> needed, TimeProvider time, CancellationToken cancellationToken)
    {
        bool exists = File.Exists(System.IO.Path.Combine(path, "HEAD"));
        if (exists)
            await AddMissingAsync(path, seed, needed, time, cancellationToken).ConfigureAwait(false);
        else
            await CreateAsync(path, seed, time, cancellationToken).ConfigureAwait(false);
        return (new ManifestRepository(path), !exists);
    }

    /// <summary>The commit that the branch points at, from the file where there is one: this is asked often.</summary>
    public async Task<string> HeadAsync(CancellationToken cancellationToken)
    {
        try
        {
            string text = (await File.ReadAllTextAsync(System.IO.Path.Combine(RefsFolder, Branch), cancellationToken).ConfigureAwait(false)).Trim();
            if (text.Length >= 40)
                return text;
        }
        catch (IOException)
        {
            // Packed by git gc, or being replaced at this moment: git knows.
        }

        return (await SandboxGit.RunAsync(Path, null, cancellationToken, "rev-parse", "--verify", $"refs/heads/{Branch}").ConfigureAwait(false)).Trim();
    }

    /// <summary>A file at a commit; null where there is none.</summary>
    public async Task<string?> ReadAsync(string commit, string file, CancellationToken cancellationToken)
    {
        // "<id> blob <size>\n<content>\n", or "<name> missing\n"
        string answer = await SandboxGit.RunAsync(Path, $"{commit}:{file}\n", cancellationToken, "cat-file", "--batch").ConfigureAwait(false);
        int line = answer.IndexOf('\n', StringComparison.Ordinal);
        return line < 0 || answer[..line].Split(' ') is not [_, "blob", _] ? null : answer[(line + 1)..].TrimEnd('\n') + "\n";
    }

    /// <summary>All files of a commit.</summary>
    public async Task<string[]> ListAsync(string commit, CancellationToken cancellationToken) =>
        (await SandboxGit.RunAsync(Path, null, cancellationToken, "ls-tree", "-r", "-z", "--name-only", commit).ConfigureAwait(false)).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Lets the next push to the branch lose a race that really happens: git itself rejects it.</summary>
    public void ArmRace(string environment)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_hook)!);
        // The hook runs in the repository, with the pushed objects in quarantine. It leaves the quarantine to make somebody else's commit, once.
        File.WriteAllText(_hook, $"""
            #!/bin/sh
            # Made by the sandbox for the fault 'push-conflict': another service is deployed at this very moment.
            set -e
            grep -q ' refs/heads/{Branch}$' || exit 0 # a lock or a record is no deployment
            rm -f "$0"
            unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
            export GIT_INDEX_FILE=./sandbox-race.index
            export GIT_AUTHOR_NAME='Another team' GIT_AUTHOR_EMAIL=another-team@sandbox.invalid
            export GIT_COMMITTER_NAME='Another team' GIT_COMMITTER_EMAIL=another-team@sandbox.invalid
            tag=$(date +%s)-$$
            base=$(git rev-parse refs/heads/{Branch})
            git read-tree "$base"
            blob=$(printf 'image:\n  tag: "%s"\n' "$tag" | git hash-object -w --stdin)
            git update-index --add --cacheinfo "100644,$blob,apps/another-service/values-{environment}.yaml"
            commit=$(git commit-tree "$(git write-tree)" -p "$base" -m "ci: update another-service to $tag [skip ci]")
            git update-ref refs/heads/{Branch} "$commit" "$base"
            rm -f "$GIT_INDEX_FILE"
            exit 0

            """.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void DisarmRace() => File.Delete(_hook);

    private static async Task CreateAsync(string path, IReadOnlyDictionary<string, string> seed, TimeProvider time, CancellationToken cancellationToken)
    {
        // Made beside its place, so that a kill in the middle leaves no half repository.
        string parent = Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!).FullName;
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        await SandboxGit.RunAsync(parent, null, cancellationToken, "init", "--quiet", "--bare", "--initial-branch", Branch, "--template=", temporary).ConfigureAwait(false);
        // A hooks path of the user's own configuration must not take the place of ours, and no gc may run on behind a push.
        string config = System.IO.Path.Combine(temporary, "config");
        await File.AppendAllTextAsync(config, "[core]\n\thooksPath = hooks\n[gc]\n\tauto = 0\n[receive]\n\tautogc = false\n", cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(System.IO.Path.Combine(temporary, "hooks"));
        await SandboxGit.RunAsync(temporary, FastImport(seed, time), cancellationToken, "fast-import", "--quiet").ConfigureAwait(false);
        Directory.Move(temporary, path);
    }

    /// <summary>A script that names one more environment finds a file for it: earlier runs knew nothing of it.</summary>
    private static async Task AddMissingAsync(string path, IReadOnlyDictionary<string, string> seed, IReadOnlyList<string> needed, TimeProvider time, CancellationToken cancellationToken)
    {
        string known = await SandboxGit.RunAsync(path, null, cancellationToken, ["ls-tree", "-r", "-z", "--name-only", $"refs/heads/{Branch}", "--", .. needed]).ConfigureAwait(false);
        Dictionary<string, string> missing = needed.Except(known.Split('\0'), StringComparer.Ordinal).ToDictionary(file => file, file => seed[file], StringComparer.Ordinal);
        if (missing.Count > 0)
            await SandboxGit.RunAsync(path, FastImport(missing, time, $"from refs/heads/{Branch}^0\n"), cancellationToken, "fast-import", "--quiet").ConfigureAwait(false);
    }

    // https://git-scm.com/docs/git-fast-import: one process for any number of files.
    private static string FastImport(IReadOnlyDictionary<string, string> seed, TimeProvider time, string from = "")
    {
        const string Message = "Seed the sandbox's manifest repository";
        var stream = new StringBuilder();
        stream.Append(CultureInfo.InvariantCulture, $"commit refs/heads/{Branch}\ncommitter Sandbox <sandbox@pipelines.invalid> {time.GetUtcNow().ToUnixTimeSeconds()} +0000\ndata {Message.Length}\n{Message}\n{from}");
        foreach ((string file, string content) in seed)
            stream.Append(CultureInfo.InvariantCulture, $"M 100644 inline {Quote(file)}\ndata {Encoding.UTF8.GetByteCount(content)}\n{content}\n");
        return stream.Append("done\n").ToString();
    }

    private static string Quote(string file) =>
        file.Split('/').Any(part => part is "" or "." or "..") ? throw new ArgumentException($"'{file}' is no path in a repository: write it from the root, with '/' and without '..'.", nameof(file))
        : $"\"{file.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
