using System.Buffers;

namespace Pipelines.Core.Secrets;

/// <summary>Writes bytes with <c>***</c> in place of what was found. Matches that overlap or touch become one.</summary>
internal struct MaskedText
{
    private int _hiddenUntil;
    private bool _isHiding;

    /// <summary>How far the buffer has been written.</summary>
    public int Position { get; private set; }

    /// <summary>Writes up to a place.</summary>
    /// <param name="text">The buffer.</param>
    /// <param name="limit">The place.</param>
    /// <param name="found">All matches that begin before it; those written are removed.</param>
    /// <param name="output">Gets the bytes.</param>
    public void WriteUpTo(ReadOnlySpan<byte> text, int limit, List<MatchSpan>? found, IBufferWriter<byte> output)
    {
        int next = 0;
        int count = found?.Count ?? 0;
        if (count > 1)
            found!.Sort(static (left, right) => left.Start.CompareTo(right.Start));
        while (Position < limit)
        {
            for (; next < count && found![next].Start <= Position; next++)
                _hiddenUntil = Math.Max(_hiddenUntil, found[next].End);
            if (_hiddenUntil > Position)
            {
                if (!_isHiding)
                    output.Write("***"u8);
                _isHiding = true;
                Position = Math.Min(_hiddenUntil, limit);
            }
            else
            {
                int end = next < count ? Math.Min(found![next].Start, limit) : limit;
                output.Write(text[Position..end]);
                _isHiding = false;
                Position = end;
            }
        }

        if (next > 0)
            found!.RemoveRange(0, next);
    }

    /// <summary>The buffer lost its first bytes.</summary>
    public void Shift(int count)
    {
        Position -= count;
        _hiddenUntil = Math.Max(0, _hiddenUntil - count);
    }
}
