using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pipelines.Core.Cli.CommandLine;

namespace Pipelines.Core.Cli.Commands.Oidc;

/// <summary>What has to be trusted: the tokens of one issuer, for one audience, with exactly these subjects.</summary>
/// <remarks>
/// Subjects: https://docs.github.com/en/actions/reference/security/oidc and https://docs.gitlab.com/ci/secrets/id_token_authentication/.
/// Trust policy: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html. Role: https://developer.hashicorp.com/vault/api-docs/auth/jwt.
/// </remarks>
internal sealed record OidcTrust(Uri Issuer, string Audience, IReadOnlyList<string> Subjects)
{
    private static readonly JsonWriterOptions s_indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The issuer as IAM names it: without https://.</summary>
    public string Provider => (Issuer.Authority + Issuer.AbsolutePath).TrimEnd('/');

    /// <summary>The subject of a job on a branch.</summary>
    public static string BranchSubject(OidcHost host, string repository, string branch) =>
        host == OidcHost.GitHub ? $"repo:{repository}:ref:refs/heads/{branch}" : $"project_path:{repository}:ref_type:branch:ref:{branch}";

    /// <summary>The subject of a GitHub job that names a deployment environment; the branch is then no part of it.</summary>
    public static string EnvironmentSubject(string repository, string environment) => $"repo:{repository}:environment:{environment}";

    /// <summary>The IAM trust policy.</summary>
    /// <param name="partition">Such as <c>aws</c>.</param>
    /// <param name="account">The account's number.</param>
    public string AwsPolicy(string partition, string account) => Write(json =>
    {
        json.WriteString("Version", "2012-10-17");
        json.WriteStartArray("Statement");
        json.WriteStartObject();
        json.WriteString("Effect", "Allow");
        json.WriteStartObject("Principal");
        json.WriteString("Federated", $"arn:{partition}:iam::{account}:oidc-provider/{Provider}");
        json.WriteEndObject();
        json.WriteString("Action", "sts:AssumeRoleWithWebIdentity");
        json.WriteStartObject("Condition");
        json.WriteStartObject("StringEquals");
        json.WriteString($"{Provider}:aud", Audience);
        if (Subjects.Count == 1)
            json.WriteString($"{Provider}:sub", Subjects[0]);
        else
            WriteAll(json, $"{Provider}:sub", Subjects);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    /// <summary>The Vault role, as <c>vault write auth/jwt/role/NAME -</c> takes it.</summary>
    /// <param name="policy">The policy its tokens get.</param>
    public string VaultRole(string policy) => Write(json =>
    {
        json.WriteString("role_type", "jwt");
        json.WriteString("user_claim", "sub");
        WriteAll(json, "bound_audiences", [Audience]);
        json.WriteString("bound_claims_type", "string"); // exact: "glob" would take '*' for anything
        json.WriteStartObject("bound_claims");
        WriteAll(json, "sub", Subjects);
        json.WriteString("iss", Issuer.OriginalString.TrimEnd('/'));
        json.WriteEndObject();
        WriteAll(json, "token_policies", [policy]);
        json.WriteString("token_ttl", "15m");
        json.WriteString("token_max_ttl", "2h");
    });

    private static void WriteAll(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static string Write(Action<Utf8JsonWriter> content)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_indented))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
