namespace Pipelines.Core.Hosts;

/// <summary>Reads what hosts put into variables, and distrusts it: a value of the wrong form counts as unknown.</summary>
internal static class HostValues
{
    /// <summary>A web address without credentials.</summary>
    public static Uri? Address(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 ? uri : null;

    public static int? Number(string? text) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number) && number > 0 ? number : null;

    /// <summary>A full commit id: 40 hexadecimal digits, or 64 in repositories of SHA-256.</summary>
    public static string? Commit(string? text)
    {
        if (text is not { Length: 40 or 64 })
            return null;
        foreach (char character in text)
            if (!char.IsAsciiHexDigit(character))
                return null;
        return text;
    }

    public static string? After(string? text, string prefix) =>
        text is not null && text.Length > prefix.Length && text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;
}
