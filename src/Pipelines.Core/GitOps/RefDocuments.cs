using System.Globalization;
using System.Text;
using Pipelines.Core.Tools;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

/// <summary>Documents under refs of the manifest repository, outside of its branches: no commit of Argo CD's branch, no build, no review. Each change says what it expects to be there, so that none is lost.</summary>
/// <remarks>A changed document has the one before as its parent: <c>git log -p REF</c> shows all there ever was.</remarks>
internal sealed class RefDocuments : IDisposable
{
    private const string FileName = "document.json";
    private const string NewCommit = "refs/new/document";

    private readonly GitRemote _remote;
    private readonly GitIdentity _author;
    private readonly StageContext _context;
    private readonly string _folder;

    private RefDocuments(GitRemote remote, GitIdentity author, StageContext context, string folder)
    {
        _remote = remote;
        _author = author;
        _context = context;
        _folder = folder;
    }

    /// <summary>The repository's address, for people.</summary>
    public string Repository => GitUrl.WithoutUserInfo(_remote.Url);

    /// <summary>A part of a ref's name, such as an app.</summary>
    /// <exception cref="InvalidUsageException">It can't be one.</exception>
    public static string Segment(string text) =>
        text.Length is > 0 and <= 100 && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.') && text[0] is not ('.' or '-') && !text.EndsWith(".lock", StringComparison.Ordinal) && !text.Contains("..", StringComparison.Ordinal) && text[^1] != '.'
            ? text
            : throw new InvalidUsageException($"'{text}' cannot be part of a git ref's name.", null, "Name apps and environments with letters, digits, '-', '_' and '.'.");

    /// <exception cref="GitException">Git cannot make a repository here.</exception>
    public static async Task<RefDocuments> OpenAsync(ManifestTarget target, StageContext context, CancellationToken cancellationToken)
    {
        ManifestTargets.Check(target);
        GitRemote remote = await ManifestTargets.RemoteAsync(target, context, cancellationToken).ConfigureAwait(false);
        string folder = Path.Combine(context.Run.RunDirectory, "work", "refs-" + Guid.NewGuid().ToString("N")[..8]);
        // What `git init` would make, without a process: https://git-scm.com/docs/gitrepository-layout
        Directory.CreateDirectory(Path.Combine(folder, "objects"));
        Directory.CreateDirectory(Path.Combine(folder, "refs"));
        await File.WriteAllTextAsync(Path.Combine(folder, "HEAD"), "ref: refs/heads/none\n", cancellationToken).ConfigureAwait(false);
        return new RefDocuments(remote, new GitIdentity(target.AuthorName, target.AuthorEmail, default), context, folder);
    }

    /// <summary>The document of a ref; null where there is none.</summary>
    public async Task<RefDocument?> FindAsync(string name, CancellationToken cancellationToken) =>
        (await ListAsync(name + "*", cancellationToken).ConfigureAwait(false)).FirstOrDefault(document => document.Name == name);

    /// <summary>Every document whose ref's name fits a pattern with one <c>*</c>. One request, in which the server sends those refs only.</summary>
    public async Task<IReadOnlyList<RefDocument>> ListAsync(string pattern, CancellationToken cancellationToken)
    {
        if (!await FetchAsync(pattern, cancellationToken).ConfigureAwait(false))
            return [];
        string refs = await LocalAsync(["for-each-ref", "--format=%(refname) %(objectname)", pattern[..(pattern.LastIndexOf('/') + 1)]], null, cancellationToken).ConfigureAwait(false);
        string start = pattern[..pattern.IndexOf('*', StringComparison.Ordinal)];
        string[][] found = [.. refs.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim().Split(' ')).Where(pair => pair[0].StartsWith(start, StringComparison.Ordinal))];
        if (found.Length == 0)
            return [];
        string contents = await LocalAsync(["cat-file", "--batch"], string.Concat(found.Select(pair => $"{pair[1]}:{FileName}\n")), cancellationToken).ConfigureAwait(false);
        return Pair(found, contents);
    }

    /// <summary>Puts a document under a ref, if what is there is what is expected.</summary>
    /// <param name="name">The ref.</param>
    /// <param name="text">The document.</param>
    /// <param name="expected">What was read; null for nothing.</param>
    /// <param name="why">The subject of the commit.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The document; null where somebody else was faster.</returns>
    public async Task<RefDocument?> WriteAsync(string name, string text, RefDocument? expected, string why, CancellationToken cancellationToken)
    {
        string who = string.Create(CultureInfo.InvariantCulture, $"{_author.Name} <{_author.Email}> {_context.Time.GetUtcNow().ToUnixTimeSeconds()} +0000");
        string message = why.ReplaceLineEndings(" ") + "\n";
        string stream = $"""
            commit {NewCommit}
            mark :1
            author {who}
            committer {who}
            data {Encoding.UTF8.GetByteCount(message)}
            {message}{(expected is null ? "" : $"from {expected.Commit}^0\n")}M 100644 inline {FileName}
            data {Encoding.UTF8.GetByteCount(text)}

            """.ReplaceLineEndings("\n"); // https://git-scm.com/docs/git-fast-import#_input_format
        // One small pack instead of another process that takes it apart; the branch may stay: each commit says itself what it comes after.
        string commit = (await LocalAsync(["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--force", "--done"], stream + text + "\nget-mark :1\ndone\n", cancellationToken).ConfigureAwait(false)).Trim();
        return await PushAsync(name, commit, expected, cancellationToken).ConfigureAwait(false) ? new RefDocument(name, commit, text) : null;
    }

    /// <summary>Takes a ref away, if it is still what was read.</summary>
    public Task<bool> DeleteAsync(RefDocument document, CancellationToken cancellationToken) => PushAsync(document.Name, "", document, cancellationToken);

    /// <summary>Removes the copy.</summary>
    public void Dispose()
    {
        try
        {
            foreach (string file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
                if (OperatingSystem.IsWindows())
                    File.SetAttributes(file, FileAttributes.Normal); // git's objects are read-only
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _context.Log.Warning($"The copy of the manifest repository's refs could not be removed from {_folder}: {exception.Message}");
        }
    }

    private async Task<bool> PushAsync(string name, string commit, RefDocument? expected, CancellationToken cancellationToken)
    {
        try
        {
            CommandResult result = await RunAsync(_remote.Command("push", "--porcelain", "--no-verify", $"--force-with-lease={name}:{expected?.Commit}", _remote.Address, $"{commit}:{name}"), cancellationToken).ConfigureAwait(false);
            return result.Succeeded ? true : throw GitErrors.For("push to", _remote with { Branch = name }, result.Output + "\n" + result.ErrorOutput);
        }
        catch (GitException exception) when (exception.Failure == GitFailure.Rejected)
        {
            return false;
        }
    }

    /// <summary>Reads the answers of <c>cat-file --batch</c>: <c>ID blob SIZE</c>, the bytes, a line's end; or <c>NAME missing</c>.</summary>
    private static List<RefDocument> Pair(string[][] refs, string contents)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(contents);
        var documents = new List<RefDocument>(refs.Length);
        int at = 0;
        foreach (string[] pair in refs)
        {
            int end = Array.IndexOf(bytes, (byte)'\n', at);
            if (end < 0)
                break;
            string[] header = Encoding.UTF8.GetString(bytes, at, end - at).Split(' ');
            at = end + 1;
            if (header is not [_, "blob", string size] || !int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int length) || at + length > bytes.Length)
                continue; // a ref without a document: nobody of ours made it
            documents.Add(new RefDocument(pair[0], pair[1], Encoding.UTF8.GetString(bytes, at, length)));
            at += length + 1;
        }

        return documents;
    }

    /// <summary>Brings the refs that fit here. A fetch of a pattern that nothing fits ends with 1 and says nothing.</summary>
    private async Task<bool> FetchAsync(string pattern, CancellationToken cancellationToken)
    {
        CommandResult result = await RunAsync(_remote.Command("fetch", "--quiet", "--no-tags", "--depth=1", "--prune", _remote.Address, $"+{pattern}:{pattern}"), cancellationToken).ConfigureAwait(false);
        if (result is { ExitCode: 1 } && string.IsNullOrWhiteSpace(result.ErrorOutput))
            return false;
        return result.Succeeded ? true : throw GitErrors.For("fetch from", _remote with { Branch = pattern }, result.Output + "\n" + result.ErrorOutput);
    }

    private async Task<string> LocalAsync(IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken)
    {
        Command command = GitCommand.Create(arguments);
        CommandResult result = await RunAsync(input is null ? command : command.WithInput(input), cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Output : throw new GitException(GitFailure.Other, "Git failed in its copy of the manifest repository's refs.", GitErrors.Evidence(result.ErrorOutput), "Check that the disk of this machine is not full, and run again.");
    }

    private Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken)
    {
        if (_remote.IsSandbox)
            command = command.WithEnvironment("GIT_CONFIG_GLOBAL", GitCommand.NullDevice).WithEnvironment("GIT_CONFIG_NOSYSTEM", "1");
        command = command.WithEnvironment("GIT_DIR", "."); // never the service's checkout around it
        return ProcessRunner.RunAsync(command, _folder, null, _context.Time, cancellationToken, _context.ForceToken);
    }
}
