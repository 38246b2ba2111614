namespace Pipelines.Core.Secrets.Detection;

/// <summary>The ASCII characters that a part of a token may have.</summary>
internal sealed class CharacterSet
{
    private const string UpperLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string LowerLetters = "abcdefghijklmnopqrstuvwxyz";
    private const string Numbers = "0123456789";

    private readonly bool[] _has = new bool[128];

    private CharacterSet(string characters)
    {
        foreach (char character in characters)
            _has[character] = true;
    }

    public static CharacterSet Hex { get; } = new(Numbers + "abcdefABCDEF");

    public static CharacterSet Base32 { get; } = new(UpperLetters + "234567");

    public static CharacterSet UpperAlphanumeric { get; } = new(UpperLetters + Numbers);

    public static CharacterSet LowerAlphanumeric { get; } = new(LowerLetters + Numbers);

    public static CharacterSet Alphanumeric { get; } = new(UpperLetters + LowerLetters + Numbers);

    public static CharacterSet Word { get; } = new(UpperLetters + LowerLetters + Numbers + "_");

    public static CharacterSet Base64 { get; } = new(UpperLetters + LowerLetters + Numbers + "+/=");

    public static CharacterSet Base64Url { get; } = new(UpperLetters + LowerLetters + Numbers + "_-");

    public static CharacterSet Dotted { get; } = new(UpperLetters + LowerLetters + Numbers + "_-.=");

    public static CharacterSet PercentEncoded { get; } = new(UpperLetters + LowerLetters + Numbers + "%+/=");

    public static CharacterSet Path { get; } = new(UpperLetters + LowerLetters + Numbers + "+/_-");

    public bool Has(char character) => character < 128 && _has[character];

    /// <summary>How many characters from here on are of the set; it stops one after <paramref name="limit"/>.</summary>
    public int Run(string text, int start, int limit)
    {
        int end = start;
        while (end < text.Length && end - start <= limit && Has(text[end]))
            end++;
        return end - start;
    }
}
