using System.Text.RegularExpressions;

namespace Pipelines.Core.Tools.Git;

/// <summary>Addresses of git repositories: URLs, <c>git@host:path</c> and paths.</summary>
internal static partial class GitUrl
{
    /// <summary>The text with the user and password of every URL in it taken out.</summary>
    public static string WithoutUserInfo(string text) => UserInfo().Replace(text, "://");

    public static bool HasUserInfo(string url) => UserInfo().IsMatch(url);

    public static bool IsHttp(string url) => url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is a path of this machine. Git takes what has a colon before the first slash for <c>host:path</c>; a drive letter is none.</summary>
    public static bool IsPath(string url)
    {
        if (url.Contains("://", StringComparison.Ordinal))
            return false;
        int colon = url.IndexOf(':', StringComparison.Ordinal);
        int slash = url.IndexOfAny(['/', '\\']);
        return colon < 0 || (slash >= 0 && slash < colon) || (colon == 1 && OperatingSystem.IsWindows());
    }

    [GeneratedRegex(@"://[^/\s'""]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}
