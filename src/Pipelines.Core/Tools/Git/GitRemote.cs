using System.Text;

namespace Pipelines.Core.Tools.Git;

/// <summary>A branch of a remote repository, and how to get in.</summary>
/// <param name="Url">Its address, without credentials; paths are absolute.</param>
/// <param name="Branch">The branch.</param>
internal sealed record GitRemote(string Url, string Branch)
{
    /// <summary>The token for https; null for what git itself is configured with.</summary>
    public Secret? Token { get; init; }

    public string TokenUser { get; init; } = "x-access-token";

    /// <summary>Whether git must see no configuration of this machine, and no network but loopback's HTTP.</summary>
    public bool IsSandbox { get; init; }

    /// <summary>The header's value as a secret of its own, so that it can be masked.</summary>
    public Secret? Credential => Token is null ? null : Secret.Of(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{TokenUser}:{Token.Reveal()}")), Token.Source);

    /// <summary>What is given to git: a path as a URL, since git ignores the depth of a clone from a path.</summary>
    public string Address => GitUrl.IsPath(Url) ? new Uri(Url).AbsoluteUri : Url;

    /// <summary>A command that may talk to the remote. The token goes in by the environment of that one process, bound to the server's address: it is in no argument, URL or file, and follows no redirect.</summary>
    public Command Command(params IReadOnlyList<string> arguments)
    {
        bool withToken = Token is not null && GitUrl.IsHttp(Url);
        Command command = GitCommand.Create([
            "-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=60", // a connection that stands still is given up
            .. withToken || IsSandbox ? (string[])["-c", "credential.helper="] : [], // a wrong token must not be made good by somebody's stored one
            .. arguments]);
        if (withToken)
        {
            command = command
                .WithEnvironment("GIT_CONFIG_COUNT", "1")
                .WithEnvironment("GIT_CONFIG_KEY_0", $"http.{new Uri(Url).GetLeftPart(UriPartial.Authority)}/.extraHeader")
                .WithEnvironment("GIT_CONFIG_VALUE_0", Secret.Of($"Authorization: Basic {Credential!.Reveal()}", Token!.Source))
                .WithEnvironment("GIT_ASKPASS", "");
            foreach (string trace in (string[])["GIT_TRACE", "GIT_TRACE_CURL", "GIT_CURL_VERBOSE", "GIT_TRACE_PACKET", "GIT_TRACE_SETUP"])
                command = command.WithoutEnvironment(trace);
        }

        return IsSandbox
            ? command
                .WithEnvironment("GIT_CONFIG_GLOBAL", GitCommand.NullDevice)
                .WithEnvironment("GIT_CONFIG_NOSYSTEM", "1")
                .WithEnvironment("GIT_ASKPASS", "")
                .WithEnvironment("GIT_ALLOW_PROTOCOL", "file:http")
            : command;
    }
}
