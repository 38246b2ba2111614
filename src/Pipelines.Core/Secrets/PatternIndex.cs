using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Pipelines.Core.Secrets;

/// <summary>The patterns known at one moment, ready to be found in UTF-8 bytes, all of them in one pass. Immutable.</summary>
/// <remarks>
/// A filter over hashed blocks of four bytes, after S. Wu and U. Manber, "A fast algorithm for multi-pattern searching" (TR 94-17, University of Arizona, 1994), and L. Salmela, J. Tarhio
/// and J. Kytöjoki, "Multipattern string matching with q-grams" (ACM Journal of Experimental Algorithmics 11, 2006). Instead of their shift table, in which each step waits for the last one's
/// look-up, the text is probed at a fixed stride: with a shortest pattern of m bytes a probe every m − 3 bytes must meet a block of any occurrence, so the first m − 3 blocks of each
/// pattern's window are entered. No probe depends on another, so the processor overlaps them. Only blocks that the bit table knows are looked up and compared. A pattern's window is where
/// its bytes are the least like ordinary text: <c>-----BEGIN</c> would meet every line of dashes.
/// </remarks>
internal sealed class PatternIndex
{
    /// <summary>What a character that is taken along and two of padding add to a pattern at most.</summary>
    public const int LongestTail = 3;

    private const int BlockLength = sizeof(uint);
    private const int None = -1;
    private const int LongestStride = 8; // longer ones enter more blocks per pattern than they save probes
    private const int BitsPerBlock = 16; // one false alarm in 16 probes at worst
    private const int MostTableBits = 18; // 32 KB: stays in the first cache

    private readonly byte[][] _texts;
    private readonly MaskPattern[] _patterns;
    private readonly int _tableShift;
    private readonly uint[] _table;
    private readonly Dictionary<uint, int> _byBlock; // the first candidate of a block
    private readonly Candidate[] _candidates;
    private readonly Member[] _members;
    private readonly int _furthest;
    private readonly BitArray _beginnings = new(1 << 16);
    private readonly BitArray _firstBytes = new(256);
    private readonly Lazy<byte[][]> _sorted;

    public PatternIndex(IReadOnlyCollection<MaskPattern> patterns)
    {
        _patterns = [.. patterns];
        _texts = [.. _patterns.Select(static pattern => Encoding.UTF8.GetBytes(pattern.Text))];
        Shortest = _texts.Min(static text => text.Length);
        Longest = _texts.Max(static text => text.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(Shortest, BlockLength, nameof(patterns));
        Stride = Math.Min(Shortest - BlockLength + 1, LongestStride);
        TakesAnyBefore = _patterns.Any(static pattern => pattern.TakesCharacterBefore);
        _sorted = new Lazy<byte[][]>(() =>
        {
            byte[][] sorted = [.. _texts];
            Array.Sort(sorted, static (left, right) => left.AsSpan().SequenceCompareTo(right));
            return sorted;
        });

        _byBlock = new Dictionary<uint, int>(_texts.Length * Stride);
        _members = new Member[_texts.Length * Stride];
        var candidates = new List<Candidate>(_texts.Length * Stride);
        for (int number = 0; number < _texts.Length; number++)
        {
            byte[] text = _texts[number];
            _firstBytes[text[0]] = true;
            _beginnings[BitConverter.ToUInt16(text)] = true;
            int window = RareWindow.Of(text, Stride + BlockLength - 1);
            _furthest = Math.Max(_furthest, window + Stride - 1);
            (ulong bytes, ulong mask) = Head(text.AsSpan(window));
            for (int offset = 0; offset < Stride; offset++)
                Enter(candidates, BitConverter.ToUInt32(text, window + offset), new Candidate(bytes, mask, offset), (number * Stride) + offset, new Member(number, window + offset, None));
        }

        _candidates = [.. candidates];
        int bits = Math.Clamp(BitOperations.Log2((uint)_byBlock.Count * BitsPerBlock) + 1, 10, MostTableBits);
        _tableShift = 32 - bits;
        _table = new uint[1 << (bits - 5)];
        foreach (uint block in _byBlock.Keys)
        {
            uint bit = Hash(block) >> _tableShift;
            _table[bit >> 5] |= 1u << (int)(bit & 31);
        }
    }

    /// <summary>The bytes of the shortest pattern.</summary>
    public int Shortest { get; }

    /// <summary>How far the probes are apart.</summary>
    public int Stride { get; }

    /// <summary>The bytes of the longest pattern.</summary>
    public int Longest { get; }

    /// <summary>Whether any pattern takes the byte before it along.</summary>
    public bool TakesAnyBefore { get; }

    /// <summary>Finds every occurrence that the probes from <paramref name="probe"/> on meet.</summary>
    /// <param name="text">All there is.</param>
    /// <param name="probe">Where to go on.</param>
    /// <param name="found">Gets what was found, in no order; made when there is something.</param>
    /// <param name="open">Gets what has only begun; null where the text is all that will ever come.</param>
    /// <returns>The first probe that there were not enough bytes for.</returns>
    public int Find(ReadOnlySpan<byte> text, int probe, ref List<MatchSpan>? found, List<OpenMatch>? open)
    {
        while ((probe = NextKnownBlock(text, probe)) <= text.Length - BlockLength)
        {
            if (_byBlock.TryGetValue(MemoryMarshal.Read<uint>(text[probe..]), out int number))
                for (; number != None; number = _candidates[number].Next)
                    if (_candidates[number].MayBeAt(text, probe))
                        Verify(text, probe, _candidates[number].FirstMember, ref found, open);
            probe += Stride;
        }

        return probe;
    }

    /// <summary>Goes on with what had only begun, and with what <see cref="Find"/> just added: what is whole becomes found, what differs is dropped.</summary>
    /// <param name="text">All there is.</param>
    /// <param name="open">What had begun; what is left may still become whole.</param>
    /// <param name="isComplete">Whether nothing more will come.</param>
    /// <param name="found">Gets what became whole.</param>
    public void Continue(ReadOnlySpan<byte> text, List<OpenMatch> open, bool isComplete, ref List<MatchSpan>? found)
    {
        int kept = 0;
        for (int index = 0; index < open.Count; index++)
        {
            OpenMatch match = open[index];
            byte[] pattern = _texts[match.Pattern];
            int available = Math.Min(pattern.Length, text.Length - match.Start);
            if (!text[(match.Start + match.Matched)..(match.Start + available)].SequenceEqual(pattern.AsSpan(match.Matched, available - match.Matched)))
                continue;
            if (available == pattern.Length && TrySettle(text, match.Start, match.Pattern, isComplete, out MatchSpan span))
                (found ??= []).Add(span);
            else if (!isComplete)
                open[kept++] = match with { Matched = available };
        }

        open.RemoveRange(kept, open.Count - kept);
    }

    /// <summary>The first place from which on bytes may be the beginning of a pattern that no probe has met yet; the text's length where there is none.</summary>
    /// <param name="text">All there is.</param>
    /// <param name="probe">The first probe that there were not enough bytes for.</param>
    public int FirstBeginning(ReadOnlySpan<byte> text, int probe)
    {
        for (int start = Math.Max(0, probe - _furthest); start < text.Length; start++)
        {
            ReadOnlySpan<byte> rest = text[start..];
            if (rest.Length == 1 ? _firstBytes[rest[0]] : _beginnings[MemoryMarshal.Read<ushort>(rest)] && (rest.Length == 2 || BeginsAnyPattern(rest)))
                return start;
        }

        return text.Length;
    }

    /// <summary>Whether a byte can be part of base64, of either alphabet (RFC 4648 §4 and §5).</summary>
    public static bool IsBase64(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'+' or (byte)'/' or (byte)'-' or (byte)'_';

    private void Verify(ReadOnlySpan<byte> text, int probe, int first, ref List<MatchSpan>? found, List<OpenMatch>? open)
    {
        for (int number = first; number != None; number = _members[number].Next)
        {
            Member member = _members[number];
            int start = probe - member.Offset;
            if (start < 0)
                continue;
            byte[] pattern = _texts[member.Pattern];
            int available = Math.Min(pattern.Length, text.Length - start);
            if (!text.Slice(start, available).SequenceEqual(pattern.AsSpan(0, available)))
                continue;
            if (open is not null)
                open.Add(new OpenMatch(start, member.Pattern, available));
            else if (available == pattern.Length && TrySettle(text, start, member.Pattern, isComplete: true, out MatchSpan span))
                (found ??= []).Add(span);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(uint block) => block * 0x9E3779B1; // Fibonacci hashing, Knuth, TAOCP 3, §6.4

    /// <summary>The first probe from the given one on whose block may be one of a pattern's, or the first that there are not enough bytes for.</summary>
    private int NextKnownBlock(ReadOnlySpan<byte> text, int probe)
    {
        ref byte start = ref MemoryMarshal.GetReference(text);
        ref uint table = ref MemoryMarshal.GetArrayDataReference(_table);
        int last = text.Length - BlockLength;
        int stride = Stride;
        int shift = _tableShift;
        for (; probe <= last; probe += stride)
        {
            uint bit = Hash(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, probe))) >> shift;
            if ((Unsafe.Add(ref table, (nint)(bit >> 5)) & (1u << (int)bit)) != 0)
                break;
        }

        return probe;
    }

    private bool BeginsAnyPattern(ReadOnlySpan<byte> text)
    {
        byte[][] sorted = _sorted.Value;
        int low = 0;
        int high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (sorted[middle].AsSpan().SequenceCompareTo(text) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low < sorted.Length && sorted[low].AsSpan().StartsWith(text);
    }

    /// <summary>Takes along what belongs to a match beside the pattern itself. False where that depends on bytes which have not come yet.</summary>
    private bool TrySettle(ReadOnlySpan<byte> text, int start, int number, bool isComplete, out MatchSpan span)
    {
        ref readonly MaskPattern pattern = ref _patterns[number];
        int end = start + _texts[number].Length;
        bool isSettled = isComplete || !(pattern.TakesCharacterAfter || pattern.TakesPadding);
        if (pattern.TakesCharacterAfter)
        {
            if (end < text.Length && IsBase64(text[end]))
                end++;
            else if (end < text.Length && text[end] != '=')
                isSettled = true;
        }

        if (pattern.TakesPadding)
        {
            int padding = 0;
            while (padding < 2 && end < text.Length && text[end] == '=')
            {
                end++;
                padding++;
            }

            isSettled |= padding == 2;
        }

        isSettled |= end < text.Length; // the next byte is known, and stays
        if (pattern.TakesCharacterBefore && start > 0 && IsBase64(text[start - 1]))
            start--;
        span = new MatchSpan(start, end);
        return isSettled;
    }

    private void Enter(List<Candidate> candidates, uint block, Candidate candidate, int number, Member member)
    {
        Span<Candidate> known = CollectionsMarshal.AsSpan(candidates);
        ref int first = ref CollectionsMarshal.GetValueRefOrAddDefault(_byBlock, block, out bool isKnown);
        int next = isKnown ? first : None;
        for (int index = next; index != None; index = known[index].Next)
            if (known[index].Bytes == candidate.Bytes && known[index].Mask == candidate.Mask && known[index].Offset == candidate.Offset)
            {
                _members[number] = member with { Next = known[index].FirstMember };
                known[index] = known[index] with { FirstMember = number };
                return;
            }

        first = candidates.Count;
        _members[number] = member;
        candidates.Add(candidate with { FirstMember = number, Next = next });
    }

    private static (ulong Bytes, ulong Mask) Head(ReadOnlySpan<byte> text)
    {
        Span<byte> head = stackalloc byte[sizeof(ulong)];
        head.Clear();
        text[..Math.Min(text.Length, head.Length)].CopyTo(head);
        ulong mask = text.Length >= head.Length ? ulong.MaxValue : (1UL << (8 * text.Length)) - 1;
        return (MemoryMarshal.Read<ulong>(head), mask);
    }

    /// <summary>Patterns whose windows begin alike: one comparison for all the ways in which a secret may be quoted.</summary>
    /// <param name="Bytes">The window's first bytes, up to eight.</param>
    /// <param name="Mask">Which of them there are.</param>
    /// <param name="Offset">Where in the window the block is.</param>
    /// <param name="FirstMember">The first of the patterns.</param>
    /// <param name="Next">The next candidate of the same block.</param>
    private readonly record struct Candidate(ulong Bytes, ulong Mask, int Offset, int FirstMember = None, int Next = None)
    {
        public bool MayBeAt(ReadOnlySpan<byte> text, int probe)
        {
            int window = probe - Offset;
            return window >= 0
                && (window > text.Length - sizeof(ulong) || ((BitConverter.IsLittleEndian ? MemoryMarshal.Read<ulong>(text[window..]) ^ Bytes : 0) & Mask) == 0); // too close to the end: looked at in full
        }
    }

    /// <param name="Pattern">The pattern's number.</param>
    /// <param name="Offset">Where in it the block is.</param>
    /// <param name="Next">The next of the same candidate.</param>
    private readonly record struct Member(int Pattern, int Offset, int Next);
}
