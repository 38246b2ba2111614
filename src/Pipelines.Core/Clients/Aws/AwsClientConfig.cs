using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace Pipelines.Core.Clients.Aws;

/// <summary>What AWSSDK.Core needs to know of a service to sign requests for it.</summary>
internal sealed class AwsClientConfig : ClientConfig
{
    // timeouts and retries are the caller's: the SDK only finds credentials and signs
    private static readonly DefaultConfiguration Defaults = new() { Name = DefaultConfigurationMode.Standard, RetryMode = RequestRetryMode.Standard };

    private readonly string _service;

    public AwsClientConfig(string service, string region) : base(new DefaultConfigurationProvider([Defaults]))
    {
        _service = service;
        RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        AuthenticationRegion = region;
        AuthenticationServiceName = service;
    }

    public override string RegionEndpointServiceName => _service;

    public override string ServiceVersion => "";

    public override string UserAgent => "Pipelines";

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters) => throw new NotSupportedException("Addresses come from AwsService.");
}
