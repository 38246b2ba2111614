namespace Pipelines.Core.Secrets.Detection;

/// <summary>Tells from a name whether its value is secret. Goes by words, so that a tokenizer is no token and a monkey no key.</summary>
internal static class SecretNames
{
    private static readonly HashSet<string> Passwords = new(StringComparer.Ordinal) { "password", "passwords", "passwd", "pwd", "passphrase", "pass", "passcode" };

    private static readonly HashSet<string> Secrets = new(StringComparer.Ordinal)
    {
        "secret", "secrets", "token", "apikey", "apitoken", "accesskey", "secretkey", "privatekey", "credential", "credentials", "authtoken", "accesstoken", "pat",
    };

    /// <summary>In front of "key" they make it one that opens something.</summary>
    private static readonly HashSet<string> KeyKinds = new(StringComparer.Ordinal)
    {
        "api", "access", "secret", "private", "signing", "encryption", "master", "account", "auth", "deploy", "ssh", "storage", "shared", "webhook", "stripe", "license", "app", "application", "client", "service",
    };

    private static readonly string[] Endings = ["password", "passwd", "passphrase", "secret", "apikey", "apitoken", "accesstoken", "authtoken", "accesskey"];

    /// <summary>At the end of a name they say that the value is about the secret, and not the secret itself.</summary>
    private static readonly HashSet<string> About = new(StringComparer.Ordinal)
    {
        "file", "files", "path", "name", "names", "id", "ids", "url", "uri", "arn", "length", "size", "count", "type", "types", "version", "expiry", "expires", "expiration", "ttl", "timeout", "policy", "prefix", "suffix", "header",
        "user", "username", "field", "label", "hint", "regex", "pattern", "format", "ref", "reference", "source", "store", "enabled", "required", "class", "provider", "kind", "scope", "scopes", "index", "env", "variable",
        "location", "dir", "folder", "parameter", "algorithm", "limit", "usage", "manager", "resolver", "address", "endpoint", "issuer", "rule", "rules", "title", "message", "text", "description", "error", "placeholder",
    };

    public static bool IsSecret(string name) => StrengthOf(name) >= NameStrength.Plain;

    public static NameStrength StrengthOf(string name)
    {
        List<string> words = WordsOf(name);
        if (words.Count == 0 || About.Contains(words[words.Count - 1]) || words.Contains("public"))
            return NameStrength.None;
        NameStrength strength = NameStrength.None;
        for (int index = 0; index < words.Count; index++)
        {
            string word = words[index];
            if (Passwords.Contains(word) && (word != "pass" || index == words.Count - 1))
                return NameStrength.Strong;
            if (Secrets.Contains(word) || (word == "key" && index > 0 && KeyKinds.Contains(words[index - 1])))
                strength = NameStrength.Plain;
            else if (word == "key" && index == words.Count - 1 && strength == NameStrength.None)
                strength = NameStrength.Weak;
            else if (EndingOf(word) is { } ending)
                strength = ending.StartsWith("pass", StringComparison.Ordinal) ? NameStrength.Strong : strength == NameStrength.Strong ? strength : NameStrength.Plain;
        }

        return strength;
    }

    /// <summary>Whether a value is itself the name of a secret, such as <c>DB_PASSWORD</c> or <c>registry.password</c>, and so no secret.</summary>
    public static bool IsName(string value)
    {
        bool isVariable = value.IndexOf('_') >= 0;
        foreach (char character in value)
            isVariable &= IsUpper(character) || character is (>= '0' and <= '9') or '_';
        return isVariable || WordsOf(value).Exists(word => Passwords.Contains(word) || Secrets.Contains(word) || word is "key" or "auth" || EndingOf(word) is not null);
    }

    /// <summary>The words of a name in lower case: at <c>_ - . :</c> and where the case changes.</summary>
    public static List<string> WordsOf(string name)
    {
        var words = new List<string>();
        int start = 0;
        for (int index = 0; index <= name.Length; index++)
        {
            bool isEnd = index == name.Length || !IsLetterOrDigit(name[index]);
            bool isHump = !isEnd && index > start && IsUpper(name[index]) && (!IsUpper(name[index - 1]) || (index + 1 < name.Length && IsLower(name[index + 1])));
            if (!isEnd && !isHump)
                continue;
            if (index > start)
                words.Add(name.Substring(start, index - start).ToLowerInvariant().TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'));
            start = isEnd ? index + 1 : index;
        }

        words.RemoveAll(word => word.Length == 0);
        return words;
    }

    private static string? EndingOf(string word)
    {
        foreach (string ending in Endings)
            if (word.Length > ending.Length && word.EndsWith(ending, StringComparison.Ordinal))
                return ending;
        return null;
    }

    private static bool IsLetterOrDigit(char character) => IsUpper(character) || IsLower(character) || character is >= '0' and <= '9';

    private static bool IsUpper(char character) => character is >= 'A' and <= 'Z';

    private static bool IsLower(char character) => character is >= 'a' and <= 'z';
}
