using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Aws;

/// <summary>The parts of a reference into an AWS store: <c>NAME?option=value#key</c>. NAME may be an ARN, which names its region.</summary>
/// <param name="Name">The name or ARN, as the store knows it.</param>
/// <param name="Options">What stands behind <c>?</c>, by name.</param>
/// <param name="Key">What stands behind <c>#</c>; null where nothing does.</param>
/// <param name="Region">The ARN's region; null where the name is none.</param>
internal sealed record AwsReference(string Name, IReadOnlyDictionary<string, string> Options, string? Key, string? Region)
{
    /// <summary>Takes a reference apart.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="service">The service that an ARN must be of.</param>
    /// <param name="options">The options there are.</param>
    /// <exception cref="InvalidUsageException">It is malformed.</exception>
    public static AwsReference Parse(SecretReference reference, string service, params string[] options)
    {
        string rest = reference.Path;
        string? key = null;
        int hash = rest.IndexOf('#', StringComparison.Ordinal);
        if (hash >= 0)
            (rest, key) = (rest[..hash], rest[(hash + 1)..]);
        if (key?.Length == 0)
            throw Malformed(reference, "Nothing stands behind the '#'.", "Write the key of the JSON secret there, or take the '#' away.");
        int question = rest.IndexOf('?', StringComparison.Ordinal);
        string name = question < 0 ? rest : rest[..question];
        if (name.Length == 0)
            throw Malformed(reference, "It names nothing.", $"Write {Example(service)}.");
        if (name.FirstOrDefault(character => !IsOfName(character)) is var wrong and not '\0')
            throw Malformed(reference, $"'{wrong}' can't be part of a name in AWS.", "Names are letters, digits and /_+=.@:- only. A version stands behind '?', a key of a JSON secret behind '#'.");
        return new AwsReference(name, question < 0 ? new Dictionary<string, string>() : OptionsOf(reference, rest[(question + 1)..], options), key, RegionOf(reference, name, service));
    }

    /// <summary>The error of a malformed reference.</summary>
    public static InvalidUsageException Malformed(SecretReference reference, string evidence, string advice) => new($"The secret reference {reference} is malformed.", "  " + evidence, advice);

    private static bool IsOfName(char character) => char.IsAsciiLetterOrDigit(character) || "/_+=.@:-".Contains(character, StringComparison.Ordinal);

    private static string Example(string service) => service == "ssm" ? "aws-ssm:///prod/order-service/db-url" : "aws-sm://prod/stripe or aws-sm://prod/stripe#key";

    private static Dictionary<string, string> OptionsOf(SecretReference reference, string text, string[] known)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        string all = string.Join(", ", known.Select(name => name + "="));
        foreach (string part in text.Split('&'))
        {
            string[] pair = part.Split('=', 2);
            if (pair is not [{ Length: > 0 } name, { Length: > 0 } value])
                throw Malformed(reference, $"'{part}' behind the '?' is no name=value.", $"There are: {all}.");
            if (!known.Contains(name, StringComparer.Ordinal))
                throw Malformed(reference, $"There is no option '{name}'.{NearestName.Suggestion(name, known)}", $"There are: {all}.");
            if (!options.TryAdd(name, value))
                throw Malformed(reference, $"'{name}' stands there twice.", "Give it once.");
        }

        return options;
    }

    /// <summary><c>arn:partition:service:region:account:resource</c>, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html.</summary>
    private static string? RegionOf(SecretReference reference, string name, string service)
    {
        if (!name.StartsWith("arn:", StringComparison.Ordinal))
            return null;
        string[] parts = name.Split(':', 6);
        if (parts.Length < 6 || parts[2] != service || parts[5].Length == 0)
            throw Malformed(reference, $"This is no ARN of {service}.", $"An ARN is arn:aws:{service}:REGION:ACCOUNT:{(service == "ssm" ? "parameter/NAME" : "secret:NAME-SUFFIX")}.");
        return AwsVariables.CheckRegion(parts[3], "the ARN");
    }
}
