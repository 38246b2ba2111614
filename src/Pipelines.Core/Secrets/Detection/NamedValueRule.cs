namespace Pipelines.Core.Secrets.Detection;

/// <summary>A value that looks random, or like a password, under a name that says secret.</summary>
internal sealed class NamedValueRule(IReadOnlyList<NamedShape> shapes)
    : SecretRule("named-secret", "A value that looks secret, under a name that says so", false, "passw", "passphrase", "pwd", "token", "secret", "key", "credential")
{
    private const int LongestArn = 200;

    private readonly SecretRule _connectionString = new ConnectionStringRule();

    /// <summary>The rules that this one finds beside itself.</summary>
    public IEnumerable<SecretRule> Others => [_connectionString, .. shapes];

    public override bool IgnoresCase => true;

    public override SecretMatch? Match(string text, int index, TextKind kind)
    {
        if (Assignment.At(text, index) is not { } assignment)
            return null;
        NameStrength strength = SecretNames.StrengthOf(assignment.Name);
        bool isConnectionString = IsPartOfConnectionString(text, assignment);
        if (strength == NameStrength.None || (!assignment.IsQuoted && kind == TextKind.Code && !isConnectionString))
            return null;
        string value = text.Substring(assignment.Start, assignment.Length);
        if (ExampleValues.IsReference(value) || ExampleValues.Has(value) || IsPartOfArn(text, index))
            return null;
        foreach (NamedShape shape in shapes)
            if (shape.Fits(assignment.Name, value))
                return new SecretMatch(shape, text, assignment.Start, assignment.Length);
        return LooksSecret(value, strength) ? new SecretMatch(isConnectionString ? _connectionString : this, text, assignment.Start, assignment.Length) : null;
    }

    /// <summary>Whether a value under a name of this strength is a secret rather than a word, a path or an expression.</summary>
    public static bool LooksSecret(string value, NameStrength strength)
    {
        if (value.Length < 8 || value.Length > 300 || !Randomness.HasLetter(value) || !Randomness.HasDigit(value) || IsExpression(value) || !Randomness.Varies(value))
            return false;
        if (strength != NameStrength.Strong && SecretNames.IsName(value))
            return false;
        double entropy = Randomness.Entropy(value);
        return strength switch
        {
            NameStrength.Strong => entropy >= 2.7 && (Randomness.Classes(value) >= 3 || Randomness.Turns(value) >= 2 || !IsWords(value)),
            NameStrength.Plain => value.Length >= 12 && entropy >= 3.2 && Randomness.Turns(value) >= 2 && !IsWords(value),
            NameStrength.Weak => value.Length >= 24 && entropy >= 4.0 && Randomness.Classes(value) >= 3 && Randomness.Turns(value) >= 4 && !IsWords(value),
            _ => false,
        };
    }

    /// <summary>Whether the name stands in an ARN, such as <c>arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/stripe</c>, which names a secret and is none.</summary>
    private static bool IsPartOfArn(string text, int index)
    {
        int start = index;
        while (start > 0 && index - start < LongestArn && text[start - 1] > ' ' && text[start - 1] is not ('"' or '\'' or '`'))
            start--;
        return text.IndexOf("arn:aws", start, index - start, StringComparison.Ordinal) >= 0;
    }

    private static bool IsPartOfConnectionString(string text, Assignment assignment)
    {
        int end = assignment.Start + assignment.Length;
        int name = assignment.Start - 1 - assignment.Name.Length;
        return !assignment.IsQuoted && name >= 0 && text[assignment.Start - 1] == '=' && string.CompareOrdinal(text, name, assignment.Name, 0, assignment.Name.Length) == 0
            && ((end < text.Length && text[end] == ';') || (name > 0 && text[name - 1] == ';'));
    }

    /// <summary>Whether each part between separators is a word or a number, as in names of things.</summary>
    private static bool IsWords(string value)
    {
        foreach (string part in value.Split('-', '_', '.', '/', ':', '@'))
        {
            int turns = Randomness.Turns(part);
            bool upperInside = part.Length > 1 && turns > 0 && Randomness.Classes(part) >= 3;
            if (turns > 1 || upperInside || Randomness.Classes(part) >= 4)
                return false;
        }

        return value.IndexOfAny(['!', '+', '=', '#', '%', '^', '*', '~', '?', '&']) < 0;
    }

    private static bool IsExpression(string value)
    {
        foreach (char character in value)
            if (character is ' ' or '\t' or '(' or ')' or '{' or '}' or '[' or ']' or '<' or '>' or '|')
                return true;
        return value[0] is '/' or '.' or '~' || value.IndexOf('\\') >= 0;
    }

    /// <summary>The key <c>Password</c> of an ADO.NET or JDBC connection string.</summary>
    private sealed class ConnectionStringRule() : SecretRule("connection-string", "A password in a connection string", false)
    {
        public override SecretMatch? Match(string text, int index, TextKind kind) => null;
    }
}
