namespace Pipelines.Core.Clients.Registry;

/// <summary>A request to a registry.</summary>
/// <param name="Method">The method.</param>
/// <param name="Address">The address.</param>
/// <param name="Repository">The repository, for the scope of a token.</param>
/// <param name="Push">Whether it needs the right to push.</param>
/// <param name="Asked">What the request is for, as it stands in errors after "did not" and "refuses to": <c>push a layer</c>.</param>
internal sealed record RegistryRequest(HttpMethod Method, Uri Address, string Repository, bool Push, string Asked)
{
    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>Makes the body; called again where the request is sent again.</summary>
    public Func<HttpContent>? Content { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}
