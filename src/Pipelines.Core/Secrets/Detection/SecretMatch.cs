namespace Pipelines.Core.Secrets.Detection;

/// <summary>A secret in a text: where, and by which rule. It never holds the secret itself.</summary>
internal sealed class SecretMatch
{
    public SecretMatch(SecretRule rule, string text, int start, int length, int publicPrefix = 0)
    {
        Rule = rule;
        Start = start;
        Length = length;
        Fingerprint = SecretFingerprint.Of(text.Substring(start, length));
        Preview = text.Substring(start, publicPrefix) + "…";
    }

    public SecretRule Rule { get; }

    /// <summary>Where the secret starts in the text.</summary>
    public int Start { get; }

    public int Length { get; }

    public int End => Start + Length;

    /// <summary>Names this value without telling it: the same value has the same fingerprint wherever it stands.</summary>
    public string Fingerprint { get; }

    /// <summary>The part that all secrets of this kind share, such as <c>ghp_…</c>.</summary>
    public string Preview { get; }
}
