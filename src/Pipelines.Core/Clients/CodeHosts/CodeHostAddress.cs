namespace Pipelines.Core.Clients.CodeHosts;

/// <summary>Checks where a code host's API is.</summary>
internal static class CodeHostAddress
{
    /// <exception cref="InvalidUsageException">It is not usable, or a sandbox run may not go there.</exception>
    public static Uri Check(CodeHostProject project, Uri otherwise, RunMode mode)
    {
        Uri api = project.Api ?? otherwise;
        if (!api.IsAbsoluteUri || api.Scheme is not ("http" or "https") || api.UserInfo.Length > 0)
            throw new InvalidUsageException($"The address of {project.Host}'s API is none.", $"  {api.GetComponents(UriComponents.HttpRequestUrl, UriFormat.SafeUnescaped)}", "Give CodeHostProject.Api an https address without credentials.");
        if (api is { Scheme: "http", IsLoopback: false })
            throw new InvalidUsageException($"{project.Host}'s API is plain http, which would send the token in the clear.", $"  {api}", "Give CodeHostProject.Api its https address.");
        string[] parts = project.Path.Split('/');
        return parts.Length >= 2 && (project.Host == CodeHost.GitLab || parts.Length == 2) && parts.All(part => part.Length > 0 && part is not ("." or "..") && part.All(character => char.IsLetterOrDigit(character) || character is '-' or '_' or '.'))
            ? mode == RunMode.Sandbox && !api.IsLoopback
                ? throw new InvalidUsageException($"A sandbox run does not talk to {api.Host}: nothing may leave the machine.", null, "Use the sandbox's stand-in, or run with --live.")
                : api
            : throw new InvalidUsageException($"'{project.Path}' is no project of {project.Host}.", null, "Write CodeHostProject.Path as owner/name, as the project's address ends.");
    }
}
