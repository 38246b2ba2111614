#if NET
using System.Buffers;
#endif

namespace Pipelines.Core.Secrets.Detection;

/// <summary>Finds the next place where a keyword of any rule stands: vectorised where the runtime can.</summary>
internal sealed class KeywordSearch
{
    private readonly (string Keyword, SecretRule Rule)[][] _byFirst = new (string Keyword, SecretRule Rule)[128][];

#if NET
    private readonly SearchValues<string> _values;
#else
    private readonly string[] _keywords;
#endif

    public KeywordSearch(IReadOnlyList<SecretRule> rules)
    {
        (string Keyword, SecretRule Rule)[] pairs = [.. rules.SelectMany(rule => rule.Keywords.Select(keyword => (keyword, rule)))];
        foreach (IGrouping<char, (string Keyword, SecretRule Rule)> group in pairs.GroupBy(pair => Lower(pair.Keyword[0])))
            _byFirst[group.Key] = [.. group];
        string[] keywords = [.. pairs.Select(pair => pair.Keyword).Distinct(StringComparer.OrdinalIgnoreCase)];
#if NET
        _values = SearchValues.Create(keywords, StringComparison.OrdinalIgnoreCase);
#else
        _keywords = keywords;
#endif
    }

    /// <summary>The next place from here on; less than zero for none.</summary>
    public int Next(string text, int from)
    {
#if NET
        int found = text.AsSpan(from).IndexOfAny(_values);
        return found < 0 ? -1 : from + found;
#else
        // For single literals of a program: each keyword is looked for on its own.
        int first = -1;
        foreach (string keyword in _keywords)
        {
            int found = text.IndexOf(keyword, from, (first < 0 ? text.Length : Math.Min(text.Length, first + keyword.Length)) - from, StringComparison.OrdinalIgnoreCase);
            if (found >= 0 && (first < 0 || found < first))
                first = found;
        }

        return first;
#endif
    }

    /// <summary>The rules whose keyword stands at a place.</summary>
    public IEnumerable<SecretRule> At(string text, int index)
    {
        char first = Lower(text[index]);
        if (first >= 128 || _byFirst[first] is not { } candidates)
            yield break;
        foreach ((string keyword, SecretRule rule) in candidates)
            if (string.Compare(text, index, keyword, 0, keyword.Length, StringComparison.OrdinalIgnoreCase) == 0)
                yield return rule;
    }

    private static char Lower(char character) => character is >= 'A' and <= 'Z' ? (char)(character | 0x20) : character;
}
