using System.Text.Json;

namespace Pipelines.Sandbox.Aws;

/// <summary>Secrets Manager: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html.</summary>
internal static class SecretsManagerAnswers
{
    private const string ArnPrefix = $"arn:aws:secretsmanager:{AwsAccount.Region}:{AwsAccount.Number}:secret:";
    private const string Suffix = "-Sandbx"; // AWS appends six random characters

    public static Action<Utf8JsonWriter> GetSecretValue(AwsAccount account, string id, JsonElement request)
    {
        string name = NameOf(id);
        if (!account.Secrets.TryGetValue(name, out StoredSecret? secret))
            throw new AwsFault("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
        if (secret.IsDeleted)
            throw new AwsFault("InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.");
        string? version = AwsStandIn.Text(request, "VersionId");
        string? asked = AwsStandIn.Text(request, "VersionStage");
        string stage = asked ?? (version is null ? StoredSecret.Current : secret.Stages.Keys.FirstOrDefault(one => StoredSecret.VersionId(one) == version))
            ?? throw new AwsFault("ResourceNotFoundException", $"Secrets Manager can't find the specified secret value for VersionId: {version}");
        if (version is not null && StoredSecret.VersionId(stage) != version)
            throw new AwsFault("InvalidRequestException", "You provided a VersionStage that is not associated to the provided VersionId.");
        string? text = secret.Stages.GetValueOrDefault(stage);
        if (text is null && secret.Binary is null)
            throw new AwsFault("ResourceNotFoundException", $"Secrets Manager can't find the specified secret value for staging label: {stage}");
        return json =>
        {
            json.WriteString("ARN", ArnPrefix + name + Suffix);
            json.WriteString("Name", name);
            json.WriteString("VersionId", StoredSecret.VersionId(stage));
            if (text is null)
                json.WriteBase64String("SecretBinary", secret.Binary);
            else
                json.WriteString("SecretString", text);
            json.WriteStartArray("VersionStages");
            json.WriteStringValue(stage);
            json.WriteEndArray();
        };
    }

    private static string NameOf(string id)
    {
        if (!id.StartsWith(ArnPrefix, StringComparison.Ordinal))
            return id;
        string name = id[ArnPrefix.Length..];
        return name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
    }
}
