namespace Pipelines.Core.Tools;

/// <summary>The last part of an output that comes in pieces, in bounded memory.</summary>
internal sealed class KeptOutput(int capacity)
{
    private readonly Queue<byte[]> _pieces = new();
    private int _length;

    /// <summary>Whether the beginning was dropped.</summary>
    public bool Truncated { get; private set; }

    /// <summary>The text.</summary>
    public string Text
    {
        get
        {
            lock (_pieces)
            {
                byte[] all = new byte[_length];
                int length = 0;
                foreach (byte[] piece in _pieces)
                {
                    piece.CopyTo(all, length);
                    length += piece.Length;
                }

                int start = 0;
                while (Truncated && start < length && (all[start] & 0xC0) == 0x80) // the rest of a character whose beginning was dropped
                    start++;
                return TextEncoding.Utf8.GetString(all, start, length - start);
            }
        }
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        lock (_pieces)
        {
            _pieces.Enqueue(bytes.ToArray());
            _length += bytes.Length;
            while (_length > capacity)
            {
                Truncated = true;
                _length -= _pieces.Dequeue().Length;
            }
        }
    }
}
