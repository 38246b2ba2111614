using System.Security.Cryptography;
using System.Text;

namespace Pipelines.Core.GitOps.Preview;

/// <summary>What Kubernetes and the domain name system take for a name.</summary>
internal static class PreviewNames
{
    /// <summary>A label of DNS (RFC 1123), and so the name of a namespace and the value of a label, has at most so many characters.</summary>
    private const int MaxLabel = 63;
    private const int HashDigits = 8;

    /// <summary>A name that is too long ends with a hash of all of it, so that two long ones stay two.</summary>
    public static string Fit(string name) => name.Length <= MaxLabel
        ? name
        : name[..(MaxLabel - HashDigits - 1)].TrimEnd('-') + "-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..HashDigits];

    /// <exception cref="InvalidUsageException">It is no name of a namespace.</exception>
    public static string Namespace(string name)
    {
        string fitted = Fit(name);
        return IsLabel(fitted) ? fitted : throw new InvalidUsageException($"'{name}' is no name for a Kubernetes namespace.", null, "Set preview.namespace to lower-case letters, digits and dashes, such as {app}-{environment}.");
    }

    /// <summary>People type addresses, and certificates are made out to them: one that does not fit is not changed behind their back.</summary>
    /// <exception cref="InvalidUsageException">It is no address, or its host name is too long.</exception>
    public static Uri Address(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0 || text.Contains('{', StringComparison.Ordinal))
            throw new InvalidUsageException("The address of previews is none.", address is { UserInfo.Length: > 0 } ? null : $"  {text}", "Set preview.url to an http or https address, such as https://{app}-{environment}.preview.example.com; {app}, {environment} and {number} are filled in.");
        if (address.UserInfo.Length > 0)
            throw new InvalidUsageException("The address of previews holds a user name or password, and it is posted on pull requests.", $"  {address.Host}", "Take it out of preview.url.");
        string? tooLong = address.Host.Split('.').FirstOrDefault(label => label.Length > MaxLabel);
        return tooLong is null
            ? address
            : throw new InvalidUsageException($"The address of the preview has a name of {tooLong.Length} characters, and the domain name system takes {MaxLabel}.", $"  {tooLong}", "Use {number} in place of {environment} or {app} in preview.url, such as https://pr-{number}.orders.preview.example.com.");
    }

    private static bool IsLabel(string text) =>
        text.Length > 0 && text[0] != '-' && text[^1] != '-' && text.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-');
}
