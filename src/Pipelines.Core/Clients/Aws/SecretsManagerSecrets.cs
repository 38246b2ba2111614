using System.Globalization;
using System.Text;
using System.Text.Json;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Clients.Aws;

/// <summary><c>aws-sm://NAME[?stage=…][?version=…][#jsonKey]</c>: AWS Secrets Manager. NAME may be an ARN. A secret is fetched once a run, however many of its keys are asked for.</summary>
/// <remarks>https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html.</remarks>
internal sealed class SecretsManagerSecrets(Lazy<AwsSession> session) : ISecretSource
{
    private const string Stage = "stage";
    private const string Version = "version";

    private readonly OncePerRun<(string? Text, int? Binary)> _read = new();

    public string Scheme => "aws-sm";

    public async Task<string> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        AwsReference parts = Parse(reference);
        string value = await ReadOnceAsync(reference, parts).ConfigureAwait(false);
        return parts.Key is null ? value : AwsSecretValue.Pick(reference, value, parts.Key);
    }

    public async Task<IReadOnlyDictionary<string, string>> ReadSetAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        AwsReference parts = Parse(reference);
        return parts.Key is null
            ? AwsSecretValue.All(reference, await ReadOnceAsync(reference, parts).ConfigureAwait(false))
            : throw AwsReference.Malformed(reference, $"A set is the whole secret, and '#{parts.Key}' is one value of it.", "Take the '#' and what follows it away, or read the one value with GetAsync.");
    }

    private static AwsReference Parse(SecretReference reference) => AwsReference.Parse(reference, "secretsmanager", Stage, Version);

    private async Task<string> ReadOnceAsync(SecretReference reference, AwsReference parts)
    {
        string region = parts.Region ?? session.Value.Variables.Region(reference);
        string body = Body(parts);
        try
        {
            (string? text, int? binary) = await _read.GetAsync($"{region} {body}", () => FetchAsync(region, body)).ConfigureAwait(false); // belongs to the run: no caller cancels it
            if (text is not null)
                return AwsSecretValue.Check(reference, text);
            throw binary is null
                ? new SecretUnusableException(reference, "The answer holds neither SecretString nor SecretBinary.", "Put a value into it: aws secretsmanager put-secret-value.")
                : new SecretUnusableException(
                    reference,
                    string.Create(CultureInfo.InvariantCulture, $"It is binary (SecretBinary, about {binary} bytes)."),
                    "Only text can be a secret. Store it as base64 in SecretString, and decode it where it is used.");
        }
        catch (AwsRequestException exception)
        {
            throw await AwsSecretErrors.OfAsync(reference, exception, session.Value, region).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AwsCredentialsNotFoundException or IdentityTokenException)
        {
            throw AwsSecretErrors.WithoutCredentials(reference, (PipelineException)exception);
        }
    }

    private async Task<(string? Text, int? Binary)> FetchAsync(string region, string body)
    {
        using JsonDocument answer = await session.Value.CallAsync(AwsService.SecretsManager, region, "GetSecretValue", body, CancellationToken.None).ConfigureAwait(false);
        string? text = answer.RootElement.TryGetProperty("SecretString", out JsonElement secret) && secret.ValueKind == JsonValueKind.String ? secret.GetString() : null;
        int? binary = answer.RootElement.TryGetProperty("SecretBinary", out JsonElement bytes) && bytes.ValueKind == JsonValueKind.String ? bytes.GetString()!.Length / 4 * 3 : null;
        return (text, binary);
    }

    private static string Body(AwsReference parts)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("SecretId", parts.Name);
            if (parts.Options.TryGetValue(Version, out string? version))
                json.WriteString("VersionId", version);
            if (parts.Options.TryGetValue(Stage, out string? stage))
                json.WriteString("VersionStage", stage);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
