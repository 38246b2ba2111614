using Amazon;

namespace Pipelines.Core.Clients.Aws;

/// <summary>A service that speaks the AWS JSON protocol.</summary>
/// <param name="SigningName">The name requests are signed for, such as <c>ecr</c>; the prefix of its permissions too.</param>
/// <param name="Prefix">The host before the region, such as <c>api.ecr</c>.</param>
/// <param name="TargetPrefix">What stands before the operation in <c>X-Amz-Target</c>.</param>
internal sealed record AwsService(string SigningName, string Prefix, string TargetPrefix)
{
    public static AwsService Ecr { get; } = new("ecr", "api.ecr", "AmazonEC2ContainerRegistry_V20150921");

    public static AwsService SecretsManager { get; } = new("secretsmanager", "secretsmanager", "secretsmanager");

    public static AwsService Ssm { get; } = new("ssm", "ssm", "AmazonSSM");

    public static AwsService Ecs { get; } = new("ecs", "ecs", "AmazonEC2ContainerServiceV20141113");

    /// <summary>What names another endpoint for it, see "service-specific endpoints" of the AWS SDKs: the service's id in capitals.</summary>
    public string EndpointVariable => "AWS_ENDPOINT_URL_" + (SigningName == "secretsmanager" ? "SECRETS_MANAGER" : SigningName.ToUpperInvariant());

    public Uri Address(string region) => new($"https://{Prefix}.{region}.{RegionEndpoint.GetBySystemName(region).PartitionDnsSuffix}/");
}
