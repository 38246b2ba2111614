using System.Net;

namespace Pipelines.Core.Clients.Registry;

/// <summary>Where a registry's API is. As docker does it: https, but http for loopback.</summary>
internal static class RegistryAddress
{
    public static Uri Of(ImageReference reference)
    {
        string registry = reference.Registry ?? throw new InvalidUsageException(
            $"The image '{reference}' names no registry, so there is nowhere to push it.",
            null,
            $"Write the registry's host in front, such as 'registry.example.com/{reference.Repository}'.");
        string host = registry is "docker.io" or "index.docker.io" ? "registry-1.docker.io" : registry; // Docker Hub's API is at another host than its name
        return new Uri($"{(IsLoopback(registry) ? "http" : "https")}://{host}/");
    }

    public static bool IsLoopback(string registry)
    {
        string host = Uri.TryCreate("http://" + registry, UriKind.Absolute, out Uri? uri) ? uri.DnsSafeHost : registry;
        return string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
