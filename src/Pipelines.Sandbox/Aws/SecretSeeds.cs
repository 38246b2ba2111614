using System.Text.Json;
using System.Text.Json.Nodes;
using Pipelines.Core;
using Pipelines.Core.Clients.Aws;
using Pipelines.Core.Clients.Vault;

namespace Pipelines.Sandbox.Aws;

/// <summary>Puts <see cref="SandboxOptions.Secrets"/> into an account. A reference with <c>#key</c> is one string of a JSON secret; several make it up together.</summary>
internal static class SecretSeeds
{
    private static readonly string[] s_schemes = ["aws-sm", "aws-ssm", "vault"];

    /// <summary>What is wrong with the seeds, before anything has started.</summary>
    /// <exception cref="InvalidUsageException">A reference is malformed, or of a store that the sandbox has no stand-in of.</exception>
    public static void Check(IReadOnlyDictionary<string, string> seeds)
    {
        foreach (string text in seeds.Keys)
        {
            SecretReference reference = Parse(text);
            if (!s_schemes.Contains(reference.Scheme))
                throw new InvalidUsageException($"SandboxOptions.Secrets: the sandbox stands in for no store {reference.Scheme}://.", $"  {text}", $"It stands in for {string.Join(", ", s_schemes.Select(scheme => scheme + "://"))}.");
            if (reference.Scheme.StartsWith("aws-", StringComparison.Ordinal) && seeds[text].Length == 0)
                throw new InvalidUsageException($"SandboxOptions.Secrets: the value of {text} is empty.", null, "AWS keeps no empty secret either. Give it a value, or leave it away: then it is not found.");
            if (reference.Scheme == "aws-sm")
                AwsReference.Parse(reference, "secretsmanager", "stage");
            else if (reference.Scheme == "aws-ssm")
                AwsReference.Parse(reference, "ssm");
            else if (VaultReference.Parse(reference) is { Key: null } or { Version: not null })
                throw new InvalidUsageException($"SandboxOptions.Secrets: {text} is not one value of a Vault secret.", null, "Write vault://mount/path#key, without a version: each path has one, with all keys that are given for it.");
        }
    }

    public static void Put(IReadOnlyDictionary<string, string> seeds, AwsAccount account)
    {
        foreach ((string text, string value) in seeds)
        {
            SecretReference reference = Parse(text);
            if (reference.Scheme == "aws-ssm")
                account.Parameters[AwsReference.Parse(reference, "ssm").Name] = new StoredParameter(value);
            else if (reference.Scheme == "aws-sm")
                PutSecret(AwsReference.Parse(reference, "secretsmanager", "stage"), value, account);
        }
    }

    private static void PutSecret(AwsReference reference, string value, AwsAccount account)
    {
        StoredSecret secret = account.Secrets.GetOrAdd(reference.Name, _ => new StoredSecret());
        string stage = reference.Options.GetValueOrDefault("stage", StoredSecret.Current);
        secret.Stages[stage] = reference.Key is null ? value : WithKey(secret.Stages.GetValueOrDefault(stage), reference.Key, value);
    }

    private static string WithKey(string? json, string key, string value)
    {
        var node = (json is null ? null : JsonNode.Parse(json)) as JsonObject ?? [];
        node[key] = JsonValue.Create(value);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            node.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static SecretReference Parse(string text)
    {
        try
        {
            return SecretReference.Parse(text);
        }
        catch (FormatException exception)
        {
            throw new InvalidUsageException("SandboxOptions.Secrets: a key is no secret reference.", "  " + exception.Message, "Its keys are references such as aws-sm://prod/stripe, its values the secrets.");
        }
    }
}
