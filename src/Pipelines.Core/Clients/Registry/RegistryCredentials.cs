using System.Text.RegularExpressions;

namespace Pipelines.Core;

/// <summary>How to sign in to a registry. It holds no secret: only where to get one.</summary>
public abstract partial record RegistryCredentials
{
    private RegistryCredentials() { }

    /// <summary>What fits the registry of an image: <see cref="Ecr"/> for Amazon's, <see cref="Anonymous"/> for every other.</summary>
    /// <param name="reference">The image.</param>
    public static RegistryCredentials For(ImageReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        Match match = EcrHost().Match(reference.Registry ?? "");
        return match.Success ? new Ecr(match.Groups["region"].Value) : new Anonymous();
    }

    /// <summary>Without signing in.</summary>
    public sealed record Anonymous : RegistryCredentials;

    /// <summary>A user name and a password or token.</summary>
    /// <param name="User">The user name.</param>
    /// <param name="Password">Where the password is kept.</param>
    public sealed record Basic(string User, SecretReference Password) : RegistryCredentials;

    /// <summary>Amazon ECR: a token for 12 hours, fetched with the AWS credentials of this machine.</summary>
    /// <param name="Region">The registry's region, such as <c>ap-south-1</c>.</param>
    public sealed record Ecr(string Region) : RegistryCredentials
    {
        /// <summary>Another address of the ECR API, such as a VPC endpoint; null for Amazon's public one. One on loopback is asked with made-up credentials: the machine's own are never read for it.</summary>
        public Uri? Endpoint { get; init; }

        /// <summary>The access key id to sign with instead of the machine's own: the sandbox's.</summary>
        internal SecretReference? AccessKeyId { get; init; }

        /// <summary>The secret access key that goes with <see cref="AccessKeyId"/>.</summary>
        internal SecretReference? SecretAccessKey { get; init; }
    }

    [GeneratedRegex(@"^[0-9]{12}\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.com|amazonaws\.com\.cn|on\.aws)\z", RegexOptions.CultureInvariant)]
    private static partial Regex EcrHost();
}
