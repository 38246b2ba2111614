using System.Text;
using System.Text.Json;
using Pipelines.Core.Clients.Aws;
using Pipelines.Core.Clients.Http;

namespace Pipelines.Core.Clients.Registry;

/// <summary>The sign-in to Amazon ECR: <c>GetAuthorizationToken</c> gives the base64 of <c>AWS:password</c>.</summary>
internal static class EcrToken
{
    public static async Task<RegistryLogin> GetAsync(RegistryCredentials.Ecr ecr, StageContext context, CancellationToken cancellationToken)
    {
        AwsKey? key = ecr is { AccessKeyId: { } id, SecretAccessKey: { } secret }
            ? new AwsKey((await context.Secrets.GetAsync(id, cancellationToken).ConfigureAwait(false)).Reveal(), await context.Secrets.GetAsync(secret, cancellationToken).ConfigureAwait(false))
            : null;
        var client = new AwsJsonClient(SharedHttp.Client, AwsService.Ecr, ecr.Region, ecr.Endpoint, context.Time, key);
        using JsonDocument answer = await client.CallAsync("GetAuthorizationToken", "{}", cancellationToken).ConfigureAwait(false);
        string token = Read(answer.RootElement) ?? throw Unusable("  it holds no authorizationToken");
        string pair;
        try
        {
            pair = Encoding.UTF8.GetString(Convert.FromBase64String(token));
        }
        catch (FormatException)
        {
            throw Unusable("  its authorizationToken is no base64");
        }

        int colon = pair.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || colon == pair.Length - 1)
            throw Unusable("  its authorizationToken is not of the form user:password");
        const string Source = "Amazon ECR";
        Secret password = Secret.Of(pair[(colon + 1)..], Source);
        context.Secrets.Add(password);
        context.Secrets.Add(Secret.Of(token, Source));
        return new RegistryLogin(pair[..colon], password);
    }

    private static string? Read(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty("authorizationData", out JsonElement data) && data.ValueKind == JsonValueKind.Array && data.GetArrayLength() > 0
        && data[0].ValueKind == JsonValueKind.Object && data[0].TryGetProperty("authorizationToken", out JsonElement token) && token.ValueKind == JsonValueKind.String
            ? token.GetString()
            : null;

    private static AwsRequestException Unusable(string evidence) =>
        new("ecr:GetAuthorizationToken", "", "Amazon ECR gave an answer without a usable token.", evidence, "Check the endpoint that answers in its place.", transient: false);
}
