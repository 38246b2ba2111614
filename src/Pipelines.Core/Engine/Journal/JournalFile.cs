using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Core.Engine.Journal;

/// <summary>The file under a journal: appends whole lines, and brings them to the disk.</summary>
/// <remarks>
/// A record is given to the operating system before <see cref="Append"/> returns: from then on a kill of this process loses nothing. That it survives the machine too takes an fsync. Around
/// effects the caller waits for it; else one in the background covers all records of a short while (group commit), so that a chain of short stages costs a few of them and not one each.
/// After an error nothing is written any more: a half line in the middle would make the whole journal worthless.
/// </remarks>
internal sealed class JournalFile : IDisposable
{
    private static readonly TimeSpan CommitWindow = TimeSpan.FromMilliseconds(20);

    private readonly string _path;
    private readonly Stream _stream;
    private readonly ITimer _timer;
    private readonly JournalWatch? _watch;
    private readonly Lock _writing = new();
    private readonly Lock _syncing = new();
    private uint _checksum;
    private long _written;
    private long _synced;
    private int _count;
    private int _commits;
    private bool _disposed;
    private volatile JournalException? _broken;

    private JournalFile(string path, Stream stream, uint checksum, int count, TimeProvider time, JournalWatch? watch)
    {
        (_path, _stream, _checksum, _count, _watch) = (path, stream, checksum, count, watch);
        _timer = time.CreateTimer(static file => ((JournalFile)file!).Commit(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Why nothing can be written any more; null while all is well.</summary>
    public JournalException? Broken => _broken;

    /// <summary>Starts a journal.</summary>
    /// <exception cref="JournalException">The file cannot be made.</exception>
    public static JournalFile Create(string path, TimeProvider time, JournalWatch? watch) => new(path, Open(path, FileMode.CreateNew, watch), 0, 0, time, watch);

    /// <summary>Goes on with a journal, behind its last whole record.</summary>
    /// <exception cref="JournalException">The file cannot be written.</exception>
    public static JournalFile Continue(string path, JournalContent content, TimeProvider time, JournalWatch? watch)
    {
        Stream stream = Open(path, FileMode.Open, watch);
        try
        {
            stream.SetLength(content.Length); // cuts the torn tail off
            stream.Position = content.Length;
            return new JournalFile(path, stream, content.Checksum, content.Records.Count, time, watch);
        }
        catch (IOException exception)
        {
            stream.Dispose();
            throw Unwritable(path, exception);
        }
    }

    /// <summary>Appends a record.</summary>
    /// <param name="record">A JSON object on one line.</param>
    /// <param name="durable">Whether to wait until it is on the disk, with all before it.</param>
    /// <exception cref="JournalException">It could not be written, or an earlier one could not.</exception>
    public void Append(string record, bool durable)
    {
        lock (_writing)
        {
            if (_broken is { } broken)
                throw broken;
            uint checksum = _checksum;
            byte[] line = JournalLines.Compose(ref checksum, record);
            _watch?.Writing?.Invoke(_count + 1, record);
            try
            {
                _stream.Write(line);
            }
            catch (Exception exception) when (IsAboutFile(exception))
            {
                throw _broken = Unwritable(_path, exception);
            }

            _checksum = checksum;
            _written += line.Length;
            _count++;
            _watch?.Written?.Invoke(_count, record);
        }

        if (durable)
            Sync();
        else if (Interlocked.Exchange(ref _commits, 1) == 0)
            _timer.Change(CommitWindow, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waits until all that was written is on the disk.</summary>
    /// <exception cref="JournalException">It is not.</exception>
    public void Sync()
    {
        lock (_syncing)
        {
            if (_broken is { } broken)
                throw broken;
            long target = Interlocked.Read(ref _written);
            if (_disposed || _synced >= target)
                return;
            try
            {
                if (_stream is FileStream file)
                    file.Flush(flushToDisk: true);
                else
                    _stream.Flush();
            }
            catch (Exception exception) when (IsAboutFile(exception))
            {
                throw _broken = Unwritable(_path, exception); // what a failed fsync left is not known, and a second one may lie about it
            }

            _synced = target;
        }
    }

    public void Dispose()
    {
        lock (_syncing)
        {
            lock (_writing)
            {
                _disposed = true;
                _timer.Dispose();
                _stream.Dispose();
            }
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "whoever writes or waits next is told")]
    private void Commit()
    {
        Volatile.Write(ref _commits, 0); // before the fsync: a record that comes during it starts the next one
        try
        {
            Sync();
        }
        catch (Exception)
        {
            // Sync has kept it in Broken.
        }
    }

    private static Stream Open(string path, FileMode mode, JournalWatch? watch)
    {
        try
        {
            if (watch?.Open is { } open)
                return open(path);
            var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0 };
            if (mode == FileMode.CreateNew && !OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return new FileStream(path, options);
        }
        catch (Exception exception) when (IsAboutFile(exception))
        {
            throw Unwritable(path, exception);
        }
    }

    private static bool IsAboutFile(Exception exception) => exception is IOException or UnauthorizedAccessException;

    private static JournalException Unwritable(string path, Exception exception) => new(
        "The journal of this run cannot be written.",
        $"  {path}: {exception.Message}",
        "Free some space, or let this user write to the checkout; then go on with 'dotnet run --project build -- resume'.",
        exception);
}
