using System.Text.RegularExpressions;
using Amazon;
using Amazon.Runtime;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Aws;

/// <summary>What the standard variables of the AWS SDKs say: region, endpoints. They are the ones that were handed over, so that the sandbox can stand in.</summary>
/// <param name="variables">The variables.</param>
/// <param name="profileRegion">The region of the machine's AWS profile; null to look in the profile itself.</param>
internal sealed partial class AwsVariables(IReadOnlyDictionary<string, string> variables, Func<string?>? profileRegion = null)
{
    private readonly Func<string?> _profileRegion = profileRegion ?? (() => FallbackRegionFactory.GetRegionEndpoint(false)?.SystemName);

    /// <summary>A variable's value; null where it is not set or empty.</summary>
    public string? Get(string name) => variables.TryGetValue(name, out string? value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    /// <summary>The region of this run.</summary>
    /// <param name="reference">What is read, for the message.</param>
    /// <exception cref="InvalidUsageException">Nobody says which, or it is none.</exception>
    public string Region(SecretReference reference)
    {
        string? name = Get("AWS_REGION") is not null ? "AWS_REGION" : Get("AWS_DEFAULT_REGION") is not null ? "AWS_DEFAULT_REGION" : null;
        string region = (name is null ? _profileRegion() : Get(name)) ?? throw new InvalidUsageException(
            $"The secret {reference} is kept in AWS, and no region is set to look in.",
            "  Tried: AWS_REGION, AWS_DEFAULT_REGION, the region of the AWS profile.",
            "Set AWS_REGION, such as AWS_REGION=eu-central-1, or name the secret by its ARN.");
        return CheckRegion(region, name ?? "the AWS profile");
    }

    /// <summary>Where a service is called instead of its own address; null for that.</summary>
    /// <param name="variable">The service's own variable, such as <c>AWS_ENDPOINT_URL_SSM</c>. It wins over <c>AWS_ENDPOINT_URL</c>.</param>
    /// <exception cref="InvalidUsageException">It is no address, or one over which everybody could read the secrets.</exception>
    public Uri? Endpoint(string variable)
    {
        if (string.Equals(Get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true", StringComparison.OrdinalIgnoreCase))
            return null;
        string? name = Get(variable) is not null ? variable : Get("AWS_ENDPOINT_URL") is not null ? "AWS_ENDPOINT_URL" : null;
        if (name is null)
            return null;
        if (!Uri.TryCreate(Get(name), UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
            throw new InvalidUsageException($"{name} is no http or https address of an AWS endpoint.", null, $"Write it whole and without user and password, such as https://vpce-1.secretsmanager.eu-central-1.vpce.amazonaws.com, or take {name} away.");
        if (address.Scheme == "http" && !address.IsLoopback)
            throw new InvalidUsageException($"{name} is plain http, over which everybody between here and {address.Host} can read secrets.", null, "Use https. Only stand-ins on this machine (127.0.0.1) may use http.");
        return address;
    }

    /// <summary>Refuses what is no region's name: it would become part of a host's.</summary>
    public static string CheckRegion(string region, string from) => RegionName().IsMatch(region)
        ? region
        : throw new InvalidUsageException(
            $"'{region}', from {from}, is no AWS region.",
            null,
            $"Write it as AWS does, such as eu-central-1.{NearestName.Suggestion(region, RegionEndpoint.EnumerableAllRegions.Select(one => one.SystemName))}");

    [GeneratedRegex(@"^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}\z")]
    private static partial Regex RegionName();
}
