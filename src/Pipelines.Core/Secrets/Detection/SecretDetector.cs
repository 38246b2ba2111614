namespace Pipelines.Core.Secrets.Detection;

/// <summary>Finds secrets in a text. Vectorised searches find the places where a rule's keyword stands; no rule looks at more than a bounded stretch there, and none backtracks.</summary>
internal static class SecretDetector
{
    /// <summary>Tokens as their issuers write them, and names in any case: one search could not tell them apart, and would stop at every "SK" and "sg.".</summary>
    private static readonly Lazy<KeywordSearch[]> Searches = new(() => [.. SecretRules.All.GroupBy(rule => rule.IgnoresCase).Select(group => new KeywordSearch([.. group]))]);

    /// <summary>All secrets, in the order in which they stand; of several rules that see the same, the one that is certain.</summary>
    public static IReadOnlyList<SecretMatch> Find(string text, TextKind kind)
    {
        List<SecretMatch>? matches = null;
        foreach (KeywordSearch search in Searches.Value)
            for (int index = search.Next(text, 0); index < text.Length; index = search.Next(text, index + 1))
                search.Match(text, index, kind, ref matches);
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
