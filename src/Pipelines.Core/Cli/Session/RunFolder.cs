using System.Globalization;

namespace Pipelines.Core.Cli.Session;

/// <summary>The folder of one run, <c>.pipelines/runs/ID</c>, and the lock that keeps a second run out of the checkout.</summary>
internal sealed class RunFolder : IDisposable
{
    private const int KeptRuns = 30;
    private const int RemovedAtOnce = 20; // deleting a few folders now and then costs less than one at each run
    private readonly FileStream _lock;

    private RunFolder(string id, string path, FileStream @lock)
    {
        Id = id;
        Path = path;
        _lock = @lock;
    }

    public string Id { get; }

    public string Path { get; }

    /// <exception cref="InvalidUsageException">Another run is at work, or the folder cannot be written.</exception>
    public static RunFolder Create(string serviceDirectory, TimeProvider time)
    {
        string root = System.IO.Path.Combine(serviceDirectory, ".pipelines");
        string id = NewId(time);
        string path = System.IO.Path.Combine(root, "runs", id);
        try
        {
            Directory.CreateDirectory(root);
            string ignore = System.IO.Path.Combine(root, ".gitignore");
            if (!File.Exists(ignore))
                File.WriteAllText(ignore, "*\n"); // nothing of a run is ever committed, and a run never makes its checkout dirty
            FileStream @lock = Lock(root, id);
            try
            {
                Directory.CreateDirectory(path);
                RemoveOldRuns(System.IO.Path.Combine(root, "runs"));
                return new RunFolder(id, path, @lock);
            }
            catch
            {
                @lock.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidUsageException(
                "The folder of the run cannot be written, so nothing was started.",
                $"  {path}: {exception.Message}",
                "Free some space, or let this user write to the checkout; --directory names another one.");
        }
    }

    /// <summary>Opens the folder of a run that goes on.</summary>
    /// <exception cref="InvalidUsageException">A run is at work, perhaps this very one, or the folder cannot be written.</exception>
    public static RunFolder Open(string serviceDirectory, string id)
    {
        string root = System.IO.Path.Combine(serviceDirectory, ".pipelines");
        string path = System.IO.Path.Combine(root, "runs", id);
        try
        {
            FileStream @lock = Lock(root, id);
            try
            {
                string work = System.IO.Path.Combine(path, "work");
                if (Directory.Exists(work))
                    Directory.Delete(work, recursive: true); // copies that a killed process left
                EndLastLine(System.IO.Path.Combine(path, "events.jsonl"));
                return new RunFolder(id, path, @lock);
            }
            catch
            {
                @lock.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidUsageException(
                "The folder of the run cannot be written, so it does not go on.", $"  {path}: {exception.Message}", "Free some space, or let this user write to the checkout.");
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>A kill may have cut the last event off; the next one begins on a line of its own.</summary>
    private static void EndLastLine(string file)
    {
        if (!File.Exists(file))
            return;
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, 1);
        if (stream.Length == 0)
            return;
        stream.Seek(-1, SeekOrigin.End);
        if (stream.ReadByte() != '\n')
            stream.WriteByte((byte)'\n');
    }

    /// <summary>Sorts by time; the last part keeps two runs of one second apart.</summary>
    private static string NewId(TimeProvider time)
    {
        Span<byte> random = stackalloc byte[2];
        Guid.NewGuid().ToByteArray().AsSpan(0, random.Length).CopyTo(random); // no RandomNumberGenerator: it would load OpenSSL for two bytes
        return time.GetUtcNow().ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture) + "-" + Convert.ToHexStringLower(random);
    }

    private static FileStream Lock(string root, string id)
    {
        string file = System.IO.Path.Combine(root, "lock");
        string holder = System.IO.Path.Combine(root, "lock.holder");
        FileStream stream;
        try
        {
            stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException) when (File.Exists(file))
        {
            string? who = File.Exists(holder) ? File.ReadAllText(holder) : null;
            throw new InvalidUsageException(
                "Another run is at work in this checkout, so this one was not started.",
                who is null ? null : "  " + who,
                "Wait for it to end, or make a checkout of your own for the second run (git worktree add).");
        }

        try
        {
            File.WriteAllText(holder, $"run {id}, process {Environment.ProcessId}");
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static void RemoveOldRuns(string runs)
    {
        string[] all = Directory.GetDirectories(runs);
        if (all.Length < KeptRuns + RemovedAtOnce)
            return;
        Array.Sort(all, StringComparer.Ordinal);
        foreach (string old in all[..^KeptRuns])
        {
            try
            {
                Directory.Delete(old, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Somebody reads an old report: the next run tries again.
            }
        }
    }
}
