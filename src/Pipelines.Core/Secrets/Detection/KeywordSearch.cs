#if NET
using System.Buffers;
#endif

namespace Pipelines.Core.Secrets.Detection;

/// <summary>Finds the next place where a keyword of a set of rules stands: vectorised where the runtime can.</summary>
/// <remarks>Up to 80 keywords of three characters and more are looked for at once (the Teddy algorithm of <c>SearchValues</c>); with more, or shorter ones, it is some ten times slower.</remarks>
internal sealed class KeywordSearch
{
    private readonly (string Keyword, SecretRule Rule)[][] _byFirst = new (string Keyword, SecretRule Rule)[128][];
    private readonly StringComparison _comparison;

#if NET
    private readonly SearchValues<string> _values;
#else
    private readonly string[] _keywords;
#endif

    /// <param name="rules">Rules that all ignore case, or all do not.</param>
    public KeywordSearch(IReadOnlyList<SecretRule> rules)
    {
        _comparison = rules[0].IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        (string Keyword, SecretRule Rule)[] pairs = [.. rules.SelectMany(rule => Starts(rule.Keywords).Select(keyword => (keyword, rule)))];
        foreach (IGrouping<char, (string Keyword, SecretRule Rule)> group in pairs.GroupBy(pair => Lower(pair.Keyword[0])))
            _byFirst[group.Key] = [.. group];

        // What starts with another keyword is found by that one.
        string[] keywords = [.. pairs.Select(pair => pair.Keyword).Distinct(StringComparer.Ordinal).Where(keyword => !Array.Exists(pairs, pair => pair.Keyword != keyword && keyword.StartsWith(pair.Keyword, _comparison)))];
#if NET
        _values = SearchValues.Create(keywords, _comparison);
#else
        _keywords = keywords;
#endif
    }

    /// <summary>The next place from here on; the text's length for none.</summary>
    public int Next(string text, int from)
    {
        if (from >= text.Length)
            return text.Length;
#if NET
        int found = text.AsSpan(from).IndexOfAny(_values);
        return found < 0 ? text.Length : from + found;
#else
        // For single literals of a program: each keyword is looked for on its own, no farther than the best so far.
        int first = text.Length;
        foreach (string keyword in _keywords)
        {
            int found = text.IndexOf(keyword, from, Math.Min(text.Length, first + keyword.Length) - from, _comparison);
            if (found >= 0 && found < first)
                first = found;
        }

        return first;
#endif
    }

    /// <summary>Asks the rules whose keyword stands at a place.</summary>
    public void Match(string text, int index, TextKind kind, ref List<SecretMatch>? matches)
    {
        char first = Lower(text[index]);
        if (first >= 128 || _byFirst[first] is not { } candidates)
            return;
        foreach ((string keyword, SecretRule rule) in candidates)
            if (string.Compare(text, index, keyword, 0, keyword.Length, _comparison) == 0 && rule.Match(text, index, kind) is { } match)
                (matches ??= []).Add(match);
    }

    /// <summary>What keywords that start alike have in common: the rule itself looks at the rest.</summary>
    private static IEnumerable<string> Starts(IEnumerable<string> keywords) => keywords.GroupBy(keyword => keyword.Substring(0, Math.Min(4, keyword.Length))).Select(group => group.Aggregate(Common));

    private static string Common(string left, string right)
    {
        int length = 0;
        while (length < left.Length && length < right.Length && left[length] == right[length])
            length++;
        return left.Substring(0, length);
    }

    private static char Lower(char character) => character is >= 'A' and <= 'Z' ? (char)(character | 0x20) : character;
}
