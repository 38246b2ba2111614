namespace Pipelines.Core.Secrets;

/// <summary>Which part of a pattern is looked for first: the one that ordinary output holds least often.</summary>
internal static class RareWindow
{
    private const int Furthest = 24; // further ones would make streams look back too far
    private const int BlockLength = sizeof(uint);

    /// <summary>Where the best window of a length starts.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="length">How long a window is; bounded by the index's longest stride.</param>
    public static int Of(ReadOnlySpan<byte> text, int length)
    {
        int windows = Math.Min(text.Length - length, Furthest) + 1;
        int blocks = length - BlockLength + 1;
        Span<int> bits = stackalloc int[Furthest + blocks];
        bits = bits[..(windows + blocks - 1)];
        for (int block = 0; block < bits.Length; block++)
            bits[block] = Bits(text.Slice(block, BlockLength));
        int best = 0;
        int bestBits = 0;
        for (int window = 0; window < windows; window++)
        {
            int least = int.MaxValue;
            foreach (int some in bits.Slice(window, blocks))
                least = Math.Min(least, some);
            if (least > bestBits)
                (best, bestBits) = (window, least);
        }

        return best;
    }

    /// <summary>About how many bits of news a block is: few where it is one character over and over, or letters of a word.</summary>
    private static int Bits(ReadOnlySpan<byte> block)
    {
        int bits = Bits(block[0]);
        for (int index = 1; index < block.Length; index++)
            bits += block[index] == block[index - 1] ? 1 : Bits(block[index]);
        return bits;
    }

    private static int Bits(byte value) => (char)value switch
    {
        ' ' or 'e' or 't' or 'a' or 'o' or 'i' or 'n' or 's' or 'r' => 3,
        >= 'a' and <= 'z' => 4,
        >= '0' and <= '9' or '-' or '.' or '/' or '=' or '\n' => 4,
        ':' or '_' or ',' or '"' or '\'' or '(' or ')' => 5,
        _ => 6,
    };
}
