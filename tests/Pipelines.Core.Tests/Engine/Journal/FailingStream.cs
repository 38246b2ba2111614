namespace Pipelines.Core.Tests.Engine.Journal;

/// <summary>A file on a disk that is full after some writes. It counts its writes and flushes.</summary>
internal sealed class FailingStream(int writes) : MemoryStream
{
    private int _left = writes;
    private int _flushes;

    public int Flushes => Volatile.Read(ref _flushes);

    public bool HasFailed { get; private set; }

    public int WritesAfterFailure { get; private set; }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (HasFailed)
            WritesAfterFailure++;
        if (_left-- > 0)
            return;
        HasFailed = true;
        throw new IOException("No space left on device");
    }

    public override void Flush() => Interlocked.Increment(ref _flushes);
}
