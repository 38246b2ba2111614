namespace Pipelines.Core.Secrets.Detection;

/// <summary>A token that its issuer gave a prefix: the prefix, then a number of characters of one set.</summary>
internal sealed class TokenRule : SecretRule
{
    private readonly CharacterSet _characters;
    private readonly int _minimum;
    private readonly int _maximum;

    /// <summary>Most tokens stand alone; what starts with punctuation of its own (an address, a key of a connection string) may follow anything.</summary>
    private readonly bool _standsAlone;

    public TokenRule(string id, string description, CharacterSet characters, int minimum, int maximum, params string[] prefixes)
        : base(id, description, true, prefixes)
    {
        _characters = characters;
        _minimum = minimum;
        _maximum = maximum;
        _standsAlone = prefixes[0].IndexOf('/') < 0 && prefixes[0].IndexOf('=') < 0;
    }

    /// <summary>Text that the same line must hold as well, for shapes that are too plain on their own; null for none.</summary>
    public string? Beside { get; set; }

    public override SecretMatch? Match(string text, int index, TextKind kind)
    {
        int prefix = Prefix(text, index);
        if (prefix == 0 || (_standsAlone && index > 0 && CharacterSet.Word.Has(text[index - 1]) && !IsEscape(text, index)))
            return null;
        int length = _characters.Run(text, index + prefix, _maximum);
        if (length < _minimum || length > _maximum)
            return null;
        string body = text.Substring(index + prefix, length);
        if (ExampleValues.Has(body) || !Randomness.Varies(body))
            return null;
        return Beside is null || TextLines.Around(text, index).IndexOf(Beside, StringComparison.OrdinalIgnoreCase) >= 0
            ? new SecretMatch(this, text, index, prefix + length, prefix)
            : null;
    }

    private int Prefix(string text, int index)
    {
        foreach (string prefix in Keywords)
            if (string.CompareOrdinal(text, index, prefix, 0, prefix.Length) == 0)
                return prefix.Length;
        return 0;
    }

    /// <summary>In <c>"\nghp_…"</c> the letter before the token is part of an escape.</summary>
    private static bool IsEscape(string text, int index) => index > 1 && text[index - 2] == '\\' && text[index - 1] is 'n' or 'r' or 't';
}
