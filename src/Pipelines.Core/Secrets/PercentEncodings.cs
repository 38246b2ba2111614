using System.Text;

namespace Pipelines.Core.Secrets;

/// <summary>Percent-encoding (RFC 3986 §2.1), with the sets of characters that common encoders leave alone, upper and lower case, and <c>+</c> for a space (HTML forms).</summary>
internal static class PercentEncodings
{
    private const string Unreserved = "-._~";

    private static readonly string[] s_leftAlone =
    [
        Unreserved,                          // RFC 3986, Uri.EscapeDataString, Go QueryEscape, Python quote(safe='')
        Unreserved + "/",                    // Python quote
        Unreserved + "!'()*",                // encodeURIComponent
        Unreserved + "!'()*;/?:@&=+$,#",     // encodeURI
        "-._*",                              // HTML forms, Java's URLEncoder
        "-._",                               // PHP urlencode
        "-._!*()",                           // WebUtility.UrlEncode
        Unreserved + "!$()*,;@",             // UrlEncoder
        Unreserved + "$&+:=@",               // Go PathEscape
        Unreserved + "!$&'()*+,;=:@",        // RFC 3986 path segment
        Unreserved + "!$&'()*+,;=",          // RFC 3986 user information
        "",                                  // everything but letters and digits
    ];

    public static IEnumerable<string> Of(byte[] bytes)
    {
        foreach (string leftAlone in s_leftAlone)
            foreach (bool spaceIsPlus in (bool[])[false, true])
            {
                yield return Encode(bytes, leftAlone, spaceIsPlus, "0123456789ABCDEF");
                yield return Encode(bytes, leftAlone, spaceIsPlus, "0123456789abcdef");
            }
    }

    private static string Encode(byte[] bytes, string leftAlone, bool spaceIsPlus, string digits)
    {
        var text = new StringBuilder(bytes.Length * 3);
        foreach (byte value in bytes)
        {
            char character = (char)value;
            if (char.IsAsciiLetterOrDigit(character) || leftAlone.Contains(character, StringComparison.Ordinal))
                text.Append(character);
            else if (spaceIsPlus && character == ' ')
                text.Append('+');
            else
                text.Append('%').Append(digits[value >> 4]).Append(digits[value & 15]);
        }

        return text.ToString();
    }
}
