using System.Text;
using System.Text.Json;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Clients.Aws;

/// <summary><c>aws-ssm:///path[?version=3|?label=…]</c>: AWS Systems Manager Parameter Store, decrypted. A path that ends in <c>/</c> is a set: all that is below it.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html and API_GetParametersByPath.html.
/// A parameter that was read by itself and as part of a set is the same value in both: the one that was read first.
/// </remarks>
internal sealed class ParameterStoreSecrets(Lazy<AwsSession> session) : ISecretSource
{
    private const string Version = "version";
    private const string Label = "label";
    private const int PageSize = 10; // the most that the API gives at once
    private const int MostPages = 1000;

    private readonly OncePerRun<string> _read = new();

    public string Scheme => "aws-ssm";

    public async Task<string> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        AwsReference parts = Parse(reference);
        if (parts.Name.EndsWith('/'))
            throw AwsReference.Malformed(reference, "It ends in '/': that is a place of several parameters.", "Read them with GetSetAsync, or name one of them.");
        string selector = parts.Options.TryGetValue(Version, out string? version) ? ":" + version : parts.Options.TryGetValue(Label, out string? label) ? ":" + label : "";
        string region = Region(reference, parts);
        string name = parts.Name + selector;
        return await _read.GetAsync($"{region} {name}", () => FetchAsync(reference, region, name)).ConfigureAwait(false); // belongs to the run: no caller cancels it
    }

    public async Task<IReadOnlyDictionary<string, string>> ReadSetAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        AwsReference parts = Parse(reference);
        if (parts.Options.Count > 0)
            throw AwsReference.Malformed(reference, "A set has the current values: it knows no version and no label.", "Take away what stands behind the '?'.");
        if (parts.Region is not null || !parts.Name.StartsWith('/'))
            throw AwsReference.Malformed(reference, "A set is read by its path, which starts with '/'.", "Write it with three slashes, such as aws-ssm:///prod/order-service/.");
        string path = parts.Name.TrimEnd('/');
        string region = Region(reference, parts);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach ((string name, string value) in FetchAllAsync(reference, region, path.Length == 0 ? "/" : path).ConfigureAwait(false))
            values[name[(path.Length + 1)..]] = await _read.KeepAsync($"{region} {name}", value).ConfigureAwait(false);
        return values.Count > 0
            ? values
            : throw new SecretNotFoundException(
                reference,
                $"There is no parameter below {path}/.\n  Looked in region {region} as {await session.Value.IdentityAsync(region).ConfigureAwait(false)}, by ssm:GetParametersByPath.",
                "Check the path and the region (AWS_REGION).");
    }

    private static AwsReference Parse(SecretReference reference)
    {
        AwsReference parts = AwsReference.Parse(reference, "ssm", Version, Label);
        if (parts.Key is not null)
            throw AwsReference.Malformed(reference, $"A parameter is one value, so there is no '#{parts.Key}'.", $"Keep the values as parameters of their own, such as aws-ssm://{parts.Name}/{parts.Key}, or the JSON in Secrets Manager (aws-sm://).");
        if (parts.Region is null && parts.Name.IndexOf('/', StringComparison.Ordinal) > 0)
            throw AwsReference.Malformed(reference, "A parameter's name with slashes starts with one.", $"Write it with three slashes: aws-ssm:///{parts.Name}");
        if (parts.Region is null && parts.Name.Contains(':', StringComparison.Ordinal))
            throw AwsReference.Malformed(reference, "':' can't be part of a parameter's name.", "Write a version as ?version=3 and a label as ?label=live.");
        if (parts.Options.Count > 1)
            throw AwsReference.Malformed(reference, "version and label go together no more than two names do.", "Give one of them.");
        if (parts.Options.TryGetValue(Version, out string? version) && !version.All(char.IsAsciiDigit))
            throw AwsReference.Malformed(reference, $"'{version}' is no version: versions of a parameter are whole numbers.", "Write ?version=3, or ?label=NAME for a label.");
        return parts;
    }

    private string Region(SecretReference reference, AwsReference parts) => parts.Region ?? session.Value.Variables.Region(reference);

    private async Task<string> FetchAsync(SecretReference reference, string region, string name)
    {
        using JsonDocument answer = await CallAsync(reference, region, "GetParameter", json => json.WriteString("Name", name)).ConfigureAwait(false);
        return answer.RootElement.TryGetProperty("Parameter", out JsonElement parameter) && ValueOf(parameter) is { } value
            ? AwsSecretValue.Check(reference, value)
            : throw Unusable(reference);
    }

    private async IAsyncEnumerable<(string Name, string Value)> FetchAllAsync(SecretReference reference, string region, string path)
    {
        string? next = null;
        for (int page = 0; page < MostPages; page++)
        {
            using JsonDocument answer = await CallAsync(reference, region, "GetParametersByPath", json =>
            {
                json.WriteString("Path", path);
                json.WriteBoolean("Recursive", true);
                json.WriteNumber("MaxResults", PageSize);
                if (next is not null)
                    json.WriteString("NextToken", next);
            }).ConfigureAwait(false);
            if (!answer.RootElement.TryGetProperty("Parameters", out JsonElement parameters) || parameters.ValueKind != JsonValueKind.Array)
                throw Unusable(reference);
            foreach (JsonElement parameter in parameters.EnumerateArray())
            {
                if (ValueOf(parameter) is not { } value || Text(parameter, "Name") is not { } name || !name.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal))
                    throw Unusable(reference);
                yield return (name, AwsSecretValue.Check(reference, value, $"The value of {name}"));
            }

            next = Text(answer.RootElement, "NextToken");
            if (string.IsNullOrEmpty(next))
                yield break;
        }

        throw new SecretStoreException(reference, $"Parameter Store gives page after page, more than {MostPages} of them.", null, "Read a longer path.", transient: false);
    }

    private async Task<JsonDocument> CallAsync(SecretReference reference, string region, string operation, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteBoolean("WithDecryption", true);
            json.WriteEndObject();
        }

        try
        {
            return await session.Value.CallAsync(AwsService.Ssm, region, operation, Encoding.UTF8.GetString(buffer.ToArray()), CancellationToken.None).ConfigureAwait(false);
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

    private static string? ValueOf(JsonElement parameter) => Text(parameter, "Value");

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static SecretStoreException Unusable(SecretReference reference) => new(
        reference, "Parameter Store gave an answer that holds no parameter.", null, "What answers in its place is not AWS: check AWS_ENDPOINT_URL_SSM, AWS_ENDPOINT_URL and the proxy.", transient: false);
}
