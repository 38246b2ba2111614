namespace Pipelines.Templates;

/// <summary>What an address in the settings must be.</summary>
internal static class AddressRules
{
    public static string? CheckSmokeUrl(string text)
    {
        string filled = Placeholders.Fill(text, "app", "environment");
        return CheckCredentials(text, "a smoke test needs an address that answers without them")
            ?? (Uri.TryCreate(filled, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https" && !filled.Contains('{', StringComparison.Ordinal)
                ? null
                : $"'{text}' is no http or https address. Write it whole, such as https://{{app}}.{{environment}}.example.com/health; {{app}} and {{environment}} are filled in.");
    }

    /// <summary>The user of ssh is part of the address; in http anything in front of the @ is a credential. The text is not repeated.</summary>
    public static string? CheckCredentials(string text, string instead) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.UserInfo.Length > 0 && (address.Scheme is "http" or "https" || address.UserInfo.Contains(':', StringComparison.Ordinal))
            ? $"the address holds a user name or password. Take it out; {instead}."
            : null;
}
