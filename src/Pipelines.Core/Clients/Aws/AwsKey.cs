namespace Pipelines.Core.Clients.Aws;

/// <summary>A key to sign with.</summary>
/// <param name="Id">The access key id: no secret.</param>
/// <param name="Secret">The secret access key.</param>
/// <param name="SessionToken">The token that goes with a temporary key; null for a lasting one.</param>
internal sealed record AwsKey(string Id, Secret Secret, Secret? SessionToken = null)
{
    /// <summary>When it ends; null where that is not known, or never.</summary>
    public DateTimeOffset? Expires { get; init; }
}
