namespace Pipelines.Core;

/// <summary>Where a secret is kept, such as <c>env://ARGOCD_TOKEN</c> or <c>file:///run/secrets/token</c>. A reference is no secret: it may stand in settings, plans and logs.</summary>
public sealed record SecretReference
{
    private SecretReference(string scheme, string path)
    {
        Scheme = scheme;
        Path = path;
    }

    /// <summary>The store, such as <c>env</c>.</summary>
    public string Scheme { get; }

    /// <summary>The place in the store: all that stands after <c>://</c>.</summary>
    public string Path { get; }

    /// <summary>Reads a reference.</summary>
    /// <param name="text">Such as <c>env://NAME</c>.</param>
    /// <exception cref="FormatException">It has no scheme or no path. The message does not repeat the text, which may be a secret put in the wrong place.</exception>
    public static SecretReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int separator = text.IndexOf("://", StringComparison.Ordinal);
        if (separator <= 0 || separator + 3 == text.Length || !text.AsSpan(0, separator).ContainsOnlySchemeCharacters())
            throw new FormatException("This is no secret reference. Write where the secret is kept, such as env://NAME or file:///path, never the secret itself.");
        if (text.StartsWith("https:", StringComparison.Ordinal) || text.StartsWith("http:", StringComparison.Ordinal))
            throw new FormatException("This is an address, and one that is a secret, such as a webhook's, must not stand here. Put it where secrets are kept and write its reference, such as env://NAME.");
        return new SecretReference(text[..separator], text[(separator + 3)..]);
    }

    /// <summary>The reference of one app in one environment: <c>{app}</c> and <c>{environment}</c> are filled in, so that one script reads other values in prod than in staging.</summary>
    /// <param name="app">The app.</param>
    /// <param name="environment">The environment; null leaves <c>{environment}</c> as it is, and reading it is an error then.</param>
    public SecretReference In(string app, string? environment)
    {
        if (!Path.Contains('{', StringComparison.Ordinal))
            return this;
        string path = Path.Replace("{app}", app, StringComparison.Ordinal);
        return new SecretReference(Scheme, environment is null ? path : path.Replace("{environment}", environment, StringComparison.Ordinal));
    }

    /// <summary>The reference as it is written.</summary>
    public override string ToString() => $"{Scheme}://{Path}";
}

file static class SchemeCharacters
{
    public static bool ContainsOnlySchemeCharacters(this ReadOnlySpan<char> scheme)
    {
        foreach (char character in scheme)
            if (!char.IsAsciiLetterLower(character) && !char.IsAsciiDigit(character) && character != '-')
                return false;
        return true;
    }
}
