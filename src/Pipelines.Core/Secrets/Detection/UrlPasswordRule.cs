namespace Pipelines.Core.Secrets.Detection;

/// <summary>An address with a password in it (RFC 3986, userinfo): <c>postgres://user:password@host</c>.</summary>
internal sealed class UrlPasswordRule() : SecretRule("url-password", "A password in an address", true, "://")
{
    private const int Longest = 200;

    private static readonly string[] MadeUpHosts = ["localhost", "127.0.0.1", "::1", "[::1]", "0.0.0.0", "host", "hostname", "server", "db", "host.docker.internal"];

    private static readonly string[] MadeUpDomains = [".example", "example.com", "example.org", "example.net", ".invalid", ".test", ".local", ".localhost"];

    public override SecretMatch? Match(string text, int index, TextKind kind)
    {
        int start = index + 3;
        int colon = -1;
        int end = start;
        int limit = Math.Min(text.Length, start + Longest);
        for (; end < limit && text[end] != '@'; end++)
        {
            if (text[end] == ':' && colon < 0)
                colon = end;
            else if (text[end] is '/' or '"' or '\'' or '`' or '<' or '>' or '?' or '#' or ' ' or '\t' or '\r' or '\n' or '\\' or '|' or '{' or '}' or ')' or '(' or ',' or ';')
                return null;
        }

        if (end >= limit || colon < 0 || index == 0 || !CharacterSet.Alphanumeric.Has(text[index - 1]))
            return null;
        string password = text.Substring(colon + 1, end - colon - 1);
        return password.Length < 4 || ExampleValues.Has(password) || IsMadeUp(HostAt(text, end + 1)) ? null : new SecretMatch(this, text, colon + 1, password.Length);
    }

    private static string HostAt(string text, int start)
    {
        int end = start;
        while (end < text.Length && (CharacterSet.Dotted.Has(text[end]) || text[end] is '[' or ']') && text[end] != '=')
            end++;
        return text.Substring(start, end - start).ToLowerInvariant();
    }

    private static bool IsMadeUp(string host)
    {
        foreach (string name in MadeUpHosts)
            if (host == name)
                return true;
        foreach (string domain in MadeUpDomains)
            if (host.EndsWith(domain, StringComparison.Ordinal))
                return true;
        return host.Length == 0;
    }
}
