namespace Pipelines.Core.Clients.Aws;

/// <summary>A key to sign with, where it is not the machine's own.</summary>
/// <param name="Id">The access key id: no secret.</param>
/// <param name="Secret">The secret access key.</param>
internal sealed record AwsKey(string Id, Secret Secret);
