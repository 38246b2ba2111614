namespace Pipelines.Core.Secrets.Detection;

/// <summary>A signed JSON Web Token (RFC 7519): header, claims and signature in base64url; header and claims are JSON objects, which start as <c>eyJ</c>.</summary>
internal sealed class JwtRule() : SecretRule("jwt", "A JSON Web Token", true, "eyJ")
{
    private const int Longest = 16 * 1024;

    public override SecretMatch? Match(string text, int index, TextKind kind)
    {
        if (string.CompareOrdinal(text, index, "eyJ", 0, 3) != 0 || (index > 0 && CharacterSet.Base64Url.Has(text[index - 1])))
            return null;
        int header = CharacterSet.Base64Url.Run(text, index, Longest);
        int claims = Part(text, index + header, "eyJ");
        int signature = claims == 0 ? 0 : Part(text, index + header + claims, "");
        if (header < 12 || claims < 12 || signature < 17)
            return null;
        int length = header + claims + signature;
        string last = text.Substring(index + header + claims + 1, signature - 1);
        return ExampleValues.Has(last) || !Randomness.Varies(last) ? null : new SecretMatch(this, text, index, length, 3);
    }

    private static int Part(string text, int index, string start) =>
        index < text.Length && text[index] == '.' && string.CompareOrdinal(text, index + 1, start, 0, start.Length) == 0 ? 1 + CharacterSet.Base64Url.Run(text, index + 1, Longest) : 0;
}
