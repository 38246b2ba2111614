using System.Text.RegularExpressions;
using Pipelines.Core.Cli.CommandLine;

namespace Pipelines.Core.Cli.Commands.Oidc;

/// <summary>What may stand in a trust. Whatever could match more than one repository and branch is refused.</summary>
internal static partial class OidcNames
{
    private const string OneOnly = "A trust names one repository and one branch: whatever matches more lets others in.";

    public static string Repository(string text, OidcHost host)
    {
        Check("--repository", text, "org/repo", OneOnly);
        string[] parts = text.Split('/');
        if (parts.Length < 2)
            throw Wrong("--repository", $"'{text}' has no slash.", $"Write it as {(host == OidcHost.GitHub ? "org/repo" : "group/project or group/subgroup/project")}.");
        if (host == OidcHost.GitHub && parts.Length > 2)
            throw Wrong("--repository", $"'{text}' has more than one slash; GitHub's repositories are org/repo.", "Give only the organisation and the name, without the address of the server.");
        return parts.All(part => PathPart().IsMatch(part)) ? text : throw Wrong("--repository", $"'{text}' is no path of a repository.", "Letters, digits, '.', '_' and '-', and a slash between the parts, without the address of the server and without .git.");
    }

    public static string Branch(string text)
    {
        Check("--branch", text, "main", OneOnly);
        if (text.StartsWith("refs/", StringComparison.Ordinal))
            throw Wrong("--branch", $"'{text}' is the whole reference.", $"Give the branch's name alone, such as {(text.Split('/', 3) is [_, _, { Length: > 0 } name] ? name : "main")}.");
        return text.StartsWith('-') || text.StartsWith('/') || text.EndsWith('/') || text.EndsWith('.') || text.Contains("..", StringComparison.Ordinal) || text.Contains("//", StringComparison.Ordinal) || text.IndexOfAny(['~', '^', ':', '\\', '[', '@', '$']) >= 0
            ? throw Wrong("--branch", $"'{text}' can't be a branch.", "See git check-ref-format for what can.")
            : text;
    }

    public static string Environment(string text)
    {
        Check("--environment", text, "prod", "A trust names one environment: whatever matches more lets others in.");
        return text.Contains(':', StringComparison.Ordinal) || text.Contains('$', StringComparison.Ordinal) ? throw Wrong("--environment", $"'{text}' holds ':' or '$', which a subject can't carry unambiguously.", "Rename the environment.") : text;
    }

    public static string Account(string text) =>
        text.Length == 12 && text.All(char.IsAsciiDigit) ? text : throw Wrong("--account", $"'{text}' is no AWS account.", "An account's number has 12 digits: aws sts get-caller-identity --query Account.");

    public static string Audience(string text)
    {
        Check("--audience", text, "sts.amazonaws.com", "The audience says whom a token is for: it is one text.");
        return text.Contains('$', StringComparison.Ordinal) ? throw Wrong("--audience", $"'{text}' holds '$', which IAM takes for a variable.", "Use an audience without it.") : text;
    }

    public static Uri Issuer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address is { Scheme: "https", UserInfo: "", Query: "", Fragment: "" } && !text.Contains('*', StringComparison.Ordinal)
            ? address
            : throw Wrong("--issuer", $"'{text}' is no issuer.", "Write it as the tokens' iss says: https://token.actions.githubusercontent.com, https://gitlab.com, or your own server's https address.");

    private static void Check(string option, string text, string example, string reason)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw Wrong(option, "it is empty.", $"Give one, such as {example}.");
        if (text.IndexOfAny(['*', '?']) >= 0)
            throw Wrong(option, $"'{text}' holds a wildcard.", $"{reason} Print a trust for each.");
        if (text.Any(character => char.IsWhiteSpace(character) || char.IsControl(character)))
            throw Wrong(option, $"'{text}' holds a space.", $"Give one, such as {example}.");
    }

    private static InvalidUsageException Wrong(string option, string what, string advice) => new($"{option}: {what}", null, advice);

    [GeneratedRegex(@"^[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*\z(?<!\.git)")]
    private static partial Regex PathPart();
}
