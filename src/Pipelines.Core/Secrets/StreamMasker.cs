using System.Buffers;
using Pipelines.Core.Model;

namespace Pipelines.Core.Secrets;

/// <summary>Masks one stream of UTF-8 bytes. Holds back only bytes that are the beginning of a pattern: at most the longest pattern with its base64 neighbours.</summary>
/// <remarks>
/// Secrets that are added meanwhile are looked for from then on, in the bytes that are held back too. Without secrets bytes go through as they are. Not for several threads at once.
/// </remarks>
internal sealed class StreamMasker(SecretMasker masker) : IStreamMasker
{
    private const int PieceLength = 16 * 1024; // stays in the first cache between copy, search and copy

    private readonly List<OpenMatch> _open = [];
    private List<MatchSpan>? _found = [];
    private PatternIndex? _index;
    private byte[] _buffer = [];
    private int _length;
    private int _probe;
    private MaskedText _written;

    /// <summary>How many bytes have been taken and not written.</summary>
    public int Held => _length - _written.Position;

    /// <inheritdoc/>
    public bool HoldsLine => Held > 0 && _buffer.AsSpan(_written.Position, Held).ContainsAny((byte)'\n', (byte)'\r');

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        PatternIndex? index = masker.Current;
        if (index is null)
        {
            output.Write(bytes);
            return;
        }

        if (index != _index)
        {
            _index = index; // look again at what is held back
            _open.Clear();
            _probe = 0;
        }

        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> piece = bytes[..Math.Min(bytes.Length, PieceLength)];
            bytes = bytes[piece.Length..];
            Append(piece);
            int hold = Search(index);
            _written.WriteUpTo(_buffer.AsSpan(0, _length), hold, _found, output);
            Forget(hold);
        }
    }

    /// <inheritdoc/>
    public void ReleaseLines(IBufferWriter<byte> output)
    {
        if (_index is null)
            return;
        int end = _buffer.AsSpan(0, _length).LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
        if (end <= _written.Position)
            return;
        if (end >= CommonValues.ShortestMasked) // the buffer starts with the first byte of what has begun
            _found!.Add(new MatchSpan(0, end));
        _written.WriteUpTo(_buffer.AsSpan(0, _length), end, _found, output); // the bytes stay: what has begun may go on
    }

    /// <inheritdoc/>
    public void Complete(IBufferWriter<byte> output)
    {
        if (_index is null)
            return;
        _index.Continue(_buffer.AsSpan(0, _length), _open, isComplete: true, ref _found);
        _written.WriteUpTo(_buffer.AsSpan(0, _length), _length, _found, output);
        _index = null;
        _length = _probe = 0;
        _written = default;
        _found!.Clear();
    }

    /// <summary>Looks at what came; tells from where on bytes must wait.</summary>
    private int Search(PatternIndex index)
    {
        ReadOnlySpan<byte> text = _buffer.AsSpan(0, _length);
        _probe = index.Find(text, _probe, ref _found, _open);
        if (_open.Count > 0)
            index.Continue(text, _open, isComplete: false, ref _found);
        int hold = index.FirstBeginning(text, _probe);
        foreach (OpenMatch match in _open)
            hold = Math.Min(hold, match.Start);
        return index.TakesAnyBefore && hold > 0 && PatternIndex.IsBase64(text[hold - 1]) ? hold - 1 : hold;
    }

    private void Append(ReadOnlySpan<byte> piece)
    {
        if (_buffer.Length < _length + piece.Length)
            Array.Resize(ref _buffer, Math.Max(_length + piece.Length, Math.Min(2 * _buffer.Length, PieceLength)));
        piece.CopyTo(_buffer.AsSpan(_length));
        _length += piece.Length;
    }

    /// <summary>Drops the first bytes. What was found and not yet written begins after them.</summary>
    private void Forget(int count)
    {
        if (count == 0)
            return;
        _buffer.AsSpan(count, _length - count).CopyTo(_buffer);
        _length -= count;
        for (_probe -= count; _probe < 0; _probe += _index!.Stride)
            continue; // what begins in the bytes that are gone is no secret: the next that matters is met by the next probe
        _written.Shift(count);
        for (int index = 0; index < _open.Count; index++)
            _open[index] = _open[index] with { Start = _open[index].Start - count };
        for (int index = 0; index < _found!.Count; index++)
            _found[index] = new MatchSpan(_found[index].Start - count, _found[index].End - count);
    }
}
