namespace Pipelines.Core.Secrets.Detection;

/// <summary>A private key in PEM (RFC 7468) or OpenPGP armor (RFC 9580). The header alone, as programs that read keys have it, is none.</summary>
internal sealed class PrivateKeyRule() : SecretRule("private-key", "A private key", true, Begin)
{
    private const string Begin = "-----BEGIN";
    private const int LongestLabel = 40;
    private const int LeastContents = 40;

    /// <summary>Lines such as <c>Proc-Type</c> may stand before the contents.</summary>
    private const int FarthestContents = 400;

    public override SecretMatch? Match(string text, int index, TextKind kind)
    {
        int label = index + Begin.Length;
        if (label >= text.Length)
            return null;
        int end = text.IndexOf("-----", label, Math.Min(LongestLabel, text.Length - label), StringComparison.Ordinal);
        if (end < 0 || text.IndexOf("PRIVATE KEY", label, end - label, StringComparison.Ordinal) < 0)
            return null;
        int from = end + 5;
        int limit = Math.Min(text.Length, from + FarthestContents);
        for (int at = from; at < limit; at++)
        {
            if (text[at] == '-' && string.CompareOrdinal(text, at, "-----", 0, 5) == 0)
                return null;
            int run = CharacterSet.Base64.Has(text[at]) ? CharacterSet.Base64.Run(text, at, text.Length) : 0;
            if (run >= LeastContents && !ExampleValues.Has(text.Substring(at, LeastContents)) && Randomness.Varies(text.Substring(at, run)))
                return new SecretMatch(this, text, index, at + run - index, Begin.Length);
            at += run;
        }

        return null;
    }
}
