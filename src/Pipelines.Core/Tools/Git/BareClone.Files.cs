using System.Globalization;
using System.Text;

namespace Pipelines.Core.Tools.Git;

/// <content>Files of commits: read as they are stored, and committed without a working copy. A retry reads only what others have changed.</content>
internal sealed partial class BareClone
{
    private readonly Dictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);

    /// <summary>Reads a file as it is stored.</summary>
    /// <returns>The file; null where the commit has none of this name. A symbolic link or a folder comes with its mode and no content.</returns>
    public async Task<GitFile?> ReadAsync(string revision, string path, CancellationToken cancellationToken) =>
        (await ReadAsync(revision, [path], cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Reads files as they are stored: one process to look, and one for each content that was not read before.</summary>
    public async Task<IReadOnlyList<GitFile?>> ReadAsync(string revision, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        string listing = await LocalAsync(["ls-tree", "-z", revision, "--", .. paths], cancellationToken).ConfigureAwait(false);
        var files = new GitFile?[paths.Count];
        foreach (string entry in listing.Split('\0', StringSplitOptions.RemoveEmptyEntries)) // "100644 blob ID\tPATH"
        {
            string[] parts = entry.Split('\t', 2);
            string[] fields = parts[0].Split(' ');
            for (int index = 0; index < paths.Count; index++)
                if (parts[1] == paths[index])
                    files[index] = fields[1] != "blob" || fields[0] == "120000" ? new GitFile([], fields[0]) : new GitFile(await BlobAsync(fields[2], cancellationToken).ConfigureAwait(false), fields[0]);
        }

        return files;
    }

    /// <summary>The text of one file at many commits by one process; null where a commit has no such file or it is no UTF-8 text.</summary>
    public async Task<IReadOnlyList<string?>> ReadTextsAsync(IReadOnlyList<string> revisions, string path, CancellationToken cancellationToken)
    {
        if (revisions.Count == 0)
            return [];
        Command command = GitCommand.Create("cat-file", "--batch").WithInput(string.Concat(revisions.Select(revision => $"{revision}:{path}\n")));
        CommandResult result = await RunAsync(command, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw new GitException(GitFailure.Other, "The manifest's earlier versions could not be read.", GitErrors.Evidence(result.ErrorOutput), "Run again; the copy is made anew.");
        byte[] bytes = Encoding.UTF8.GetBytes(result.Output);
        var texts = new string?[revisions.Count];
        int at = 0;
        for (int index = 0; index < texts.Length; index++) // "ID blob SIZE\n" and the bytes and a line's end; or "NAME missing\n"
        {
            int end = Array.IndexOf(bytes, (byte)'\n', at);
            if (end < 0)
                break;
            string[] header = Encoding.UTF8.GetString(bytes, at, end - at).Split(' ');
            at = end + 1;
            if (header.Length != 3 || !int.TryParse(header[2], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || at + length >= bytes.Length || bytes[at + length] != '\n')
            {
                if (header.Length == 3)
                    break; // its bytes were no text, so that where the next one starts is not known
                continue;
            }

            texts[index] = header[1] == "blob" ? Encoding.UTF8.GetString(bytes, at, length) : null;
            at += length + 1;
        }

        return texts;
    }

    /// <summary>Commits changed files on top of <see cref="Tip"/>. Nothing is pushed.</summary>
    /// <returns>The id of the commit.</returns>
    public async Task<string> CommitAsync(IReadOnlyList<GitChange> changes, string message, GitIdentity identity, CancellationToken cancellationToken)
    {
        string who = string.Create(CultureInfo.InvariantCulture, $"{identity.Name} <{identity.Email}> {identity.At.ToUnixTimeSeconds()} +0000");
        var stream = new StringBuilder(); // https://git-scm.com/docs/git-fast-import#_input_format
        stream.Append("commit ").Append(NewCommit).Append("\nmark :1\nauthor ").Append(who).Append("\ncommitter ").Append(who)
            .Append("\ndata ").Append(Encoding.UTF8.GetByteCount(message)).Append('\n').Append(message).Append("\nfrom ").Append(Tip).Append("^0\n");
        foreach (GitChange change in changes)
        {
            if (change.Content is null)
                stream.Append("D ").Append(change.Path).Append('\n');
            else
                stream.Append("M ").Append(change.Mode).Append(" inline ").Append(change.Path).Append("\ndata ").Append(change.Content.Length).Append('\n').Append(Encoding.UTF8.GetString(change.Content)).Append('\n');
        }

        stream.Append("get-mark :1\ndone\n");
        // One small pack instead of another process that takes it apart.
        Command command = GitCommand.Create("-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--force", "--done").WithInput(stream.ToString());
        CommandResult result = await RunAsync(command, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? result.Output.Trim() : throw new GitException(GitFailure.Other, "Git could not make the manifest's commit.", GitErrors.Evidence(result.ErrorOutput), "Check that the disk of this machine is not full.");
    }

    private async Task<byte[]> BlobAsync(string id, CancellationToken cancellationToken)
    {
        if (_blobs.TryGetValue(id, out byte[]? known))
            return known;
        string copy = Path.Combine(_directory, (await LocalAsync(["unpack-file", id], cancellationToken).ConfigureAwait(false)).Trim());
        try
        {
            return _blobs[id] = await File.ReadAllBytesAsync(copy, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(copy);
        }
    }
}
