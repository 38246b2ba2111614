namespace Pipelines.Core.Stages.Test;

/// <summary>A stream of XML in which control characters that XML forbids read as <c>?</c>. Test runners copy messages with colours into their reports as they are.</summary>
internal sealed class ControlCharacterFilter(Stream inner) : Stream
{
    private bool _isFirst = true;
    private bool _isWide;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        int count = inner.Read(buffer);
        if (_isFirst && count > 0)
        {
            _isFirst = false;
            _isWide = buffer[0] is 0xFE or 0xFF or 0; // UTF-16, in which zero bytes are no characters
        }

        foreach (ref byte value in _isWide ? [] : buffer[..count])
            if (value < ' ' && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
                value = (byte)'?';
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
