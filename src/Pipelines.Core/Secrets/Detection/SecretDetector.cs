namespace Pipelines.Core.Secrets.Detection;

/// <summary>Finds secrets in a text. One vectorised search finds the places where a rule's keyword stands; no rule looks at more than a bounded stretch there, and none backtracks.</summary>
internal static class SecretDetector
{
    private static readonly Lazy<KeywordSearch> Search = new(() => new KeywordSearch(SecretRules.All));

    /// <summary>All secrets, in the order in which they stand; of several rules that see the same, the one that is certain.</summary>
    public static IReadOnlyList<SecretMatch> Find(string text, TextKind kind)
    {
        List<SecretMatch>? matches = null;
        KeywordSearch search = Search.Value;
        for (int index = search.Next(text, 0); index >= 0 && index < text.Length; index = index + 1 < text.Length ? search.Next(text, index + 1) : -1)
        {
            foreach (SecretRule rule in search.At(text, index))
                if (rule.Match(text, index, kind) is { } match)
                    (matches ??= []).Add(match);
        }

        return matches is null ? [] : Distinct(matches);
    }

    private static List<SecretMatch> Distinct(List<SecretMatch> matches)
    {
        var kept = new List<SecretMatch>();
        foreach (SecretMatch match in matches.OrderByDescending(match => match.Rule.IsCertain).ThenBy(match => match.Start).ThenByDescending(match => match.Length))
            if (!kept.Exists(other => match.Start < other.End && other.Start < match.End))
                kept.Add(match);
        kept.Sort((left, right) => left.Start.CompareTo(right.Start));
        return kept;
    }
}
