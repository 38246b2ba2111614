using System.Net;

namespace Pipelines.Core.Clients.Registry;

/// <summary>An answer of a registry, read whole: manifests are small by the specification, and everything else we ask for is smaller.</summary>
internal sealed record RegistryAnswer(Uri Address, HttpStatusCode Status, string? Reason, string? MediaType, byte[] Body, IReadOnlyList<AuthChallenge> Challenges, IReadOnlyDictionary<string, string> Headers)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public bool IsHtml => string.Equals(MediaType, "text/html", StringComparison.OrdinalIgnoreCase);

    public string? this[string header] => Headers.GetValueOrDefault(header);
}
