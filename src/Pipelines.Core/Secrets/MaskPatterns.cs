using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text;

namespace Pipelines.Core.Secrets;

/// <summary>The patterns known at one moment, ready to search with. Immutable.</summary>
internal sealed class MaskPatterns
{
    private const string Replacement = "***";

    private const int KeyLength = 4; // every pattern is longer, see CommonValues.ShortestMasked

    private readonly SearchValues<string> _any;
    private readonly FrozenDictionary<ulong, MaskPattern[]> _byFirstCharacters;
    private readonly int _shortest;

    public MaskPatterns(IReadOnlyCollection<MaskPattern> patterns)
    {
        _any = SearchValues.Create([.. patterns.Select(pattern => pattern.Text)], StringComparison.Ordinal);
        _byFirstCharacters = patterns.GroupBy(pattern => KeyOf(pattern.Text)).ToFrozenDictionary(group => group.Key, group => group.ToArray());
        _shortest = patterns.Min(pattern => pattern.Text.Length);
    }

    public string Mask(string text)
    {
        if (text.Length < _shortest)
            return text;
        ReadOnlySpan<char> all = text;
        int hit = all.IndexOfAny(_any);
        return hit < 0 ? text : MaskFrom(text, hit);
    }

    private string MaskFrom(string text, int hit)
    {
        var masked = new StringBuilder(text.Length);
        int copied = 0;
        (int start, int end) = SpanAt(text, hit);
        while (true)
        {
            int from = hit + 1;
            int next = from < text.Length ? text.AsSpan(from).IndexOfAny(_any) : -1;
            (int Start, int End) span = default;
            if (next >= 0)
            {
                hit = from + next;
                span = SpanAt(text, hit);
                if (span.Start <= end) // overlaps or touches: one stretch
                {
                    start = Math.Min(start, span.Start);
                    end = Math.Max(end, span.End);
                    continue;
                }
            }

            masked.Append(text, copied, start - copied).Append(Replacement);
            copied = end;
            if (next < 0)
                return masked.Append(text, copied, text.Length - copied).ToString();
            (start, end) = span;
        }
    }

    /// <summary>The union of all patterns that match at a place.</summary>
    private (int Start, int End) SpanAt(ReadOnlySpan<char> text, int index)
    {
        (int start, int end) = (index, index);
        ReadOnlySpan<char> rest = text[index..];
        foreach (MaskPattern pattern in _byFirstCharacters[KeyOf(rest)])
        {
            if (!rest.StartsWith(pattern.Text, StringComparison.Ordinal))
                continue;
            (int patternStart, int patternEnd) = pattern.SpanAt(text, index);
            start = Math.Min(start, patternStart);
            end = Math.Max(end, patternEnd);
        }

        return (start, end);
    }

    private static ulong KeyOf(ReadOnlySpan<char> text) => MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(text[..KeyLength]));
}
