namespace Pipelines.Core.Cli.Commands.Oidc;

/// <summary>The server and the path of a repository, out of git's <c>origin</c>.</summary>
/// <param name="Server">Such as <c>github.com</c>.</param>
/// <param name="Path">Such as <c>org/repo</c>.</param>
internal sealed record OriginAddress(string Server, string Path)
{
    /// <summary>Reads <c>https://host/path.git</c>, <c>ssh://git@host:22/path</c> and <c>git@host:path.git</c>; null for anything else, such as a folder.</summary>
    public static OriginAddress? TryParse(string? remote)
    {
        if (string.IsNullOrWhiteSpace(remote))
            return null;
        string server, path;
        if (Uri.TryCreate(remote, UriKind.Absolute, out Uri? address) && address.Scheme is "https" or "http" or "ssh" or "git")
        {
            (server, path) = (address.Host, Uri.UnescapeDataString(address.AbsolutePath));
        }
        else if (!remote.Contains("://", StringComparison.Ordinal) && remote.Split(':', 2) is [{ Length: > 1 } host, { Length: > 0 } rest] && !host.Contains('/', StringComparison.Ordinal))
        {
            (server, path) = (host[(host.IndexOf('@', StringComparison.Ordinal) + 1)..], rest);
        }
        else
        {
            return null;
        }

        path = path.Trim('/');
        if (path.EndsWith(".git", StringComparison.Ordinal))
            path = path[..^4];
        return server.Length > 0 && path.Contains('/', StringComparison.Ordinal) ? new OriginAddress(server, path) : null;
    }
}
