using System.Globalization;
using System.Text.Json;

namespace Pipelines.Sandbox.Aws;

/// <summary>Parameter Store: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html and API_GetParametersByPath.html.</summary>
internal static class ParameterStoreAnswers
{
    private const int LargestPage = 10;
    private const string ArnPrefix = $"arn:aws:ssm:{AwsAccount.Region}:{AwsAccount.Number}:parameter";

    public static Action<Utf8JsonWriter> GetParameter(AwsAccount account, string id)
    {
        string asked = id.StartsWith(ArnPrefix, StringComparison.Ordinal) ? id[ArnPrefix.Length..] : id;
        string[] parts = asked.Split(':', 2);
        if (!account.Parameters.TryGetValue(parts[0], out StoredParameter? parameter))
            throw new AwsFault("ParameterNotFound", "");
        int version = parameter.Versions.Count;
        if (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out version) && !parameter.Labels.TryGetValue(parts[1], out version))
            throw new AwsFault("ParameterVersionNotFound", $"Systems Manager could not find version {parts[1]} of {parts[0]}.");
        if (version < 1 || version > parameter.Versions.Count)
            throw new AwsFault("ParameterVersionNotFound", $"Systems Manager could not find version {parts[1]} of {parts[0]}.");
        return json =>
        {
            json.WriteStartObject("Parameter");
            Write(json, parts[0], parameter.Versions[version - 1], version);
            json.WriteEndObject();
        };
    }

    public static Action<Utf8JsonWriter> GetParametersByPath(AwsAccount account, string path, JsonElement request)
    {
        int size = request.TryGetProperty("MaxResults", out JsonElement most) ? most.GetInt32() : LargestPage;
        if (size is < 1 or > LargestPage || !path.StartsWith('/'))
            throw new AwsFault("ValidationException", "MaxResults is 1 to 10, and a path starts with '/'.");
        int start = 0;
        if (AwsStandIn.Text(request, "NextToken") is { } token && !(token.StartsWith("page-", StringComparison.Ordinal) && int.TryParse(token[5..], NumberStyles.None, CultureInfo.InvariantCulture, out start)))
            throw new AwsFault("InvalidNextToken", "The specified token isn't valid.");
        bool recursive = request.TryGetProperty("Recursive", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
        string below = path.TrimEnd('/') + "/";
        string[] names = [.. account.Parameters.Keys.Where(name => name.StartsWith(below, StringComparison.Ordinal) && (recursive || !name[below.Length..].Contains('/', StringComparison.Ordinal))).Order(StringComparer.Ordinal)];
        return json =>
        {
            json.WriteStartArray("Parameters");
            foreach (string name in names.Skip(start).Take(size))
            {
                IReadOnlyList<string> versions = account.Parameters[name].Versions;
                json.WriteStartObject();
                Write(json, name, versions[^1], versions.Count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (start + size < names.Length)
                json.WriteString("NextToken", string.Create(CultureInfo.InvariantCulture, $"page-{start + size}"));
        };
    }

    private static void Write(Utf8JsonWriter json, string name, string value, int version)
    {
        json.WriteString("ARN", ArnPrefix + (name.StartsWith('/') ? name : "/" + name));
        json.WriteString("DataType", "text");
        json.WriteString("Name", name);
        json.WriteString("Type", "SecureString");
        json.WriteString("Value", value);
        json.WriteNumber("Version", version);
    }
}
