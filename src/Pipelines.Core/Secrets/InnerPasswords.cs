namespace Pipelines.Core.Secrets;

/// <summary>The passwords within a value: of a URL's user (RFC 3986 §3.2.1) and of connection strings such as <c>Host=db;Password=…</c>, <c>host=db password=…</c> or <c>AccountKey=…</c>.</summary>
/// <remarks>Programs take such values apart and print the parts. What ends a password differs between drivers, so it is taken up to each character that may end it.</remarks>
internal static class InnerPasswords
{
    private static readonly string[] s_keys =
        ["password", "passwd", "pwd", "pass", "accountkey", "sharedaccesskey", "sharedsecretvalue", "sharedaccesssignature", "secretkey", "secret_key", "secret", "access_key", "accesskey", "apikey", "api_key", "api key", "token", "sig"];

    public static IEnumerable<string> Of(string value) => OfUrls(value).Concat(OfKeys(value)).Where(static password => password.Length > 0);

    private static IEnumerable<string> OfUrls(string value)
    {
        for (int scheme = value.IndexOf("://", StringComparison.Ordinal); scheme >= 0; scheme = value.IndexOf("://", scheme + 3, StringComparison.Ordinal))
        {
            string rest = value[(scheme + 3)..];
            foreach (int end in (int[])[rest.IndexOfAny(['/', '?', '#', ' ', '\r', '\n']), rest.IndexOfAny(['\r', '\n'])]) // a password that is not encoded as it should be may hold a slash
            {
                string authority = end < 0 ? rest : rest[..end];
                int at = authority.LastIndexOf('@');
                int colon = authority.IndexOf(':', StringComparison.Ordinal);
                if (at < 0 || colon > at)
                    continue;
                string password = authority[(colon + 1)..at]; // without a colon the user is the token, as in https://TOKEN@github.com
                yield return password;
                yield return Uri.UnescapeDataString(password);
            }
        }
    }

    private static IEnumerable<string> OfKeys(string value)
    {
        foreach (string key in s_keys)
            for (int index = value.IndexOf(key, StringComparison.OrdinalIgnoreCase); index >= 0; index = value.IndexOf(key, index + 1, StringComparison.OrdinalIgnoreCase))
            {
                ReadOnlySpan<char> rest = value.AsSpan(index + key.Length).TrimStart();
                if (rest.IsEmpty || rest[0] != '=')
                    continue;
                string text = rest[1..].TrimStart().ToString();
                if (text.Length > 0 && (text[0] is '"' or '\'' or '{'))
                {
                    int close = text.IndexOf(text[0] == '{' ? '}' : text[0], 1);
                    if (close > 0)
                        yield return text[1..close];
                }

                foreach (char ends in ";,& \r\n")
                    if (text.IndexOf(ends, StringComparison.Ordinal) is int end and >= 0)
                        yield return text[..end];
                yield return text;
                if (text.Contains('%', StringComparison.Ordinal) && text.IndexOf('&', StringComparison.Ordinal) is int stop)
                    yield return Uri.UnescapeDataString(stop < 0 ? text : text[..stop]); // a URL's query
            }
    }
}
