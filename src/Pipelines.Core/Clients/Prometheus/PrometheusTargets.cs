using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Prometheus;

/// <summary>What must hold of a Prometheus server's description before anything is sent there.</summary>
internal static class PrometheusTargets
{
    /// <exception cref="InvalidUsageException">It is no address, mixes two ways to sign in, or would send a credential in the clear.</exception>
    public static void Check(PrometheusTarget target)
    {
        Uri server = target.Server;
        if (server is not { IsAbsoluteUri: true, Scheme: "http" or "https" } || server.Host.Length == 0)
            throw new InvalidUsageException("The address of Prometheus is not usable.", "  it is no http or https address", "Write it in full, such as https://prometheus.example.com.");
        if (server.UserInfo.Length > 0)
            throw new InvalidUsageException("The address of Prometheus must hold no user or password: it is printed in plans and logs.", $"  host {server.Host}", "Set PrometheusTarget.User and PrometheusTarget.Password, or PrometheusTarget.Token.");
        if (server.Query.Length > 0 || server.Fragment.Length > 0)
            throw new InvalidUsageException("The address of Prometheus must end with its path.", $"  {Name(target)} is followed by '?' or '#'", "Write the address of the server, not that of a graph, such as https://prometheus.example.com.");
        if (target.Timeout <= TimeSpan.Zero)
            throw new InvalidUsageException("The time for a query must be more than zero.", $"  {target.Timeout}", "Set PrometheusTarget.Timeout, such as 30 seconds.");
        if (target.Token is not null && (target.User is not null || target.Password is not null))
            throw new InvalidUsageException("Prometheus has two ways to sign in.", "  a token, and a user or password", "Set PrometheusTarget.Token alone, or PrometheusTarget.User with PrometheusTarget.Password.");
        if (target.User is null != target.Password is null)
            throw new InvalidUsageException("Basic authentication for Prometheus is incomplete.", target.User is null ? "  a password without a user" : "  a user without a password", "Set both PrometheusTarget.User and PrometheusTarget.Password.");
        if ((target.Token ?? target.Password) is { } secret && server.Scheme == "http" && !server.IsLoopback)
        {
            throw new InvalidUsageException(
                $"The credential for Prometheus would go over the network in the clear: {Name(target)} is plain http.",
                $"  the credential is {secret}",
                "Use the server's https address, or leave the credential out where none is asked for.");
        }
    }

    /// <summary>The server for messages.</summary>
    public static string Name(PrometheusTarget target) => target.Server.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');
}
