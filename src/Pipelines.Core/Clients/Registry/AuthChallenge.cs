using System.Net.Http.Headers;

namespace Pipelines.Core.Clients.Registry;

/// <summary>What a registry asks for in <c>WWW-Authenticate</c> (RFC 9110 §11.6.1; distribution's token authentication specification).</summary>
internal sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    public bool IsBearer => string.Equals(Scheme, "Bearer", StringComparison.OrdinalIgnoreCase);

    public bool IsBasic => string.Equals(Scheme, "Basic", StringComparison.OrdinalIgnoreCase);

    public string? this[string parameter] => Parameters.GetValueOrDefault(parameter);

    /// <summary>Every challenge of an answer.</summary>
    public static IReadOnlyList<AuthChallenge> Of(HttpResponseMessage response) =>
        [.. response.Headers.WwwAuthenticate.Select(Parse)];

    private static AuthChallenge Parse(AuthenticationHeaderValue header)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string text = header.Parameter ?? "";
        int position = 0;
        while (position < text.Length)
        {
            int equals = text.IndexOf('=', position);
            if (equals < 0)
                break;
            string name = text[position..equals].Trim(' ', ',', '\t');
            position = equals + 1;
            string value = position < text.Length && text[position] == '"' ? Quoted(text, ref position) : Token(text, ref position);
            parameters[name] = value;
        }

        return new AuthChallenge(header.Scheme, parameters);
    }

    private static string Quoted(string text, ref int position)
    {
        var value = new System.Text.StringBuilder();
        position++;
        while (position < text.Length && text[position] != '"')
        {
            if (text[position] == '\\' && position + 1 < text.Length)
                position++;
            value.Append(text[position++]);
        }

        position++;
        return value.ToString();
    }

    private static string Token(string text, ref int position)
    {
        int comma = text.IndexOf(',', position);
        int end = comma < 0 ? text.Length : comma;
        string value = text[position..end].Trim();
        position = end + 1;
        return value;
    }
}
