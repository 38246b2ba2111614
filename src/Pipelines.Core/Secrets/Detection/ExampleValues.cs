namespace Pipelines.Core.Secrets.Detection;

/// <summary>Values that look like secrets and are none: documented examples, placeholders, references to where a secret is kept.</summary>
internal static class ExampleValues
{
    /// <summary>Anywhere in a value they say that it is made up.</summary>
    private static readonly string[] Signs =
    [
        "example", "changeme", "change-me", "change_me", "placeholder", "redacted", "insert", "replace", "your-", "your_", "yourtoken", "yourkey", "yoursecret", "yourpassword", "dummy", "sample", "foobar",
        "notasecret", "not-a-secret", "not_a_secret", "fake", "deadbeef", "xxxx", "****", "....", "abcdef", "123456", "undefined", "lorem", "sandbox",
    ];

    /// <summary>They are the whole of a made-up value.</summary>
    private static readonly string[] Words =
    [
        "password", "passwd", "pass", "pwd", "secret", "token", "key", "apikey", "api-key", "api_key", "none", "null", "nil", "true", "false", "empty", "test", "testing", "default", "todo", "user", "username", "string", "value",
        "guest", "root", "postgres", "mysql", "x-access-token", "oauth2", "basic", "bearer",
    ];

    /// <summary>
    /// From the providers' own documentation: AWS's secret key, Stripe's test key, the key of Azure's storage emulator, jwt.io's first token. In two parts each, so that no scanner takes this file for a leak.
    /// </summary>
    private static readonly string[] Documented =
    [
        "wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCY",
        "4eC39HqLyjWDar" + "jtT1zdp7dc",
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq" + "/K1SZFPTOtr/KBHBeksoGMGw==",
        "SflKxwRJSMeKKF2QT4fw" + "pMeJf36POk6yJV_adQssw5c",
    ];

    /// <summary>Whether the value, without the public prefix of its kind, is no secret.</summary>
    public static bool Has(string value)
    {
        foreach (string word in Words)
            if (string.Equals(value, word, StringComparison.OrdinalIgnoreCase))
                return true;
        foreach (string sign in Signs)
            if (value.IndexOf(sign, StringComparison.OrdinalIgnoreCase) >= 0)
                return true;
        foreach (string known in Documented)
            if (value.IndexOf(known, StringComparison.Ordinal) >= 0)
                return true;
        return IsReference(value) || IsOneCharacter(value);
    }

    /// <summary>Whether it names where the value comes from: <c>${VAR}</c>, <c>{{ value }}</c>, <c>&lt;your-token&gt;</c>, <c>%VAR%</c>, <c>env://NAME</c>.</summary>
    public static bool IsReference(string value)
    {
        string trimmed = value.Trim();
        return trimmed.Length == 0
            || trimmed[0] is '$' or '%' or '<' or '@' or '#' or '!' or '*' or '&'
            || trimmed.IndexOf("${", StringComparison.Ordinal) >= 0
            || trimmed.IndexOf("$(", StringComparison.Ordinal) >= 0
            || trimmed.IndexOf("{{", StringComparison.Ordinal) >= 0
            || (trimmed[0] == '{' && trimmed[trimmed.Length - 1] == '}')
            || (trimmed[0] == '[' && trimmed[trimmed.Length - 1] == ']')
            || trimmed.IndexOf("://", StringComparison.Ordinal) > 0;
    }

    private static bool IsOneCharacter(string value)
    {
        foreach (char character in value)
            if (character != value[0])
                return false;
        return true;
    }
}
