namespace Pipelines.Core.Secrets.Detection;

/// <summary>A secret that has no prefix, but a known form under a known name: 40 characters of base64 that are called an AWS secret.</summary>
internal sealed class NamedShape(string id, string description, CharacterSet characters, int length, params string[] nameParts) : SecretRule(id, description, true, nameParts)
{
    /// <summary>It is asked by <see cref="NamedValueRule"/>, which knows the name; on its own it looks at nothing.</summary>
    public override SecretMatch? Match(string text, int index, TextKind kind) => null;

    public bool Fits(string name, string value)
    {
        if (value.Length != length || characters.Run(value, 0, length) != length || !Randomness.HasDigit(value) || !Randomness.HasLetter(value) || !Randomness.Varies(value))
            return false;
        foreach (string part in Keywords)
            if (name.IndexOf(part, StringComparison.OrdinalIgnoreCase) < 0)
                return false;
        return true;
    }
}
