using System.Text.RegularExpressions;

namespace Pipelines.Core.Clients.Aws;

/// <summary>Turns an error of AWS into one of a secret: not there, refused, or the store's own trouble. It names the reference, who asked and the permission, never a value.</summary>
internal static partial class AwsSecretErrors
{
    private static readonly string[] s_notThere =
        ["ResourceNotFoundException", "ParameterNotFound", "ParameterVersionNotFound"];

    private static readonly string[] s_keyTrouble = ["DecryptionFailure", "InvalidKeyId", "InvalidKeyIdException"];

    public static async Task<PipelineException> OfAsync(SecretReference reference, AwsRequestException error, AwsSession session, string region)
    {
        if (error.Operation == AwsSts.AssumeRole)
            return Signing(reference, error, session);
        if (s_notThere.Contains(error.Code) || IsDeleted(error))
            return NotThere(reference, error, region, await session.IdentityAsync(region).ConfigureAwait(false));
        if (s_keyTrouble.Contains(error.Code) || IsDenied(error.Code))
            return await DeniedAsync(reference, error, session, region).ConfigureAwait(false);
        return new SecretStoreException(reference, error.What, error.Evidence, error.Advice ?? $"Check the reference, and the region ({region}).", error.IsTransient, error);
    }

    /// <summary>There are no credentials to ask with.</summary>
    public static SecretStoreException WithoutCredentials(SecretReference reference, PipelineException error) => new(reference, error.What, error.Evidence, error.Advice ?? "", error.IsTransient, error);

    private static SecretNotFoundException NotThere(SecretReference reference, AwsRequestException error, string region, string identity) => new(
        reference,
        $"{error.Evidence}\n  Looked in region {region} as {identity}, by {error.Operation}.",
        IsDeleted(error)
            ? "Restore it: aws secretsmanager restore-secret."
            : "Check the name and the region (AWS_REGION; an ARN names its own). A secret of another account is found by its ARN only.");

    private static async Task<SecretDeniedException> DeniedAsync(SecretReference reference, AwsRequestException error, AwsSession session, string region)
    {
        Match told = NotAuthorized().Match(error.Evidence ?? "");
        bool isKey = s_keyTrouble.Contains(error.Code) || (error.Evidence?.Contains("KMS", StringComparison.OrdinalIgnoreCase) ?? false);
        string identity = told.Success ? told.Groups["who"].Value : await session.IdentityAsync(region).ConfigureAwait(false);
        string permission = isKey ? "kms:Decrypt" : told.Success ? told.Groups["what"].Value : error.Operation;
        return new SecretDeniedException(
            reference,
            identity,
            permission,
            error.Evidence,
            isKey
                ? $"Allow 'kms:Decrypt' on the key that encrypts it, in the key's policy or an IAM policy, and '{error.Operation}' on it itself (region {region}). A disabled key decrypts nothing."
                : $"Allow '{permission}' on it in an IAM policy of that user or role, and 'kms:Decrypt' on its key where that is not the AWS managed one (region {region}).",
            error);
    }

    private static PipelineException Signing(SecretReference reference, AwsRequestException error, AwsSession session) => error.Code == "AccessDenied"
        ? new SecretDeniedException(reference, $"this job, as {session.Variables.Get("AWS_ROLE_ARN")},", AwsSts.AssumeRole, error.Evidence, $"{error.What} {error.Advice}", error)
        : new SecretStoreException(reference, error.What, error.Evidence, error.Advice ?? "", error.IsTransient, error);

    private static bool IsDenied(string code) => code is "AccessDeniedException" or "AccessDenied" or "UnauthorizedOperation" or "NotAuthorized";

    private static bool IsDeleted(AwsRequestException error) =>
        error.Code == "InvalidRequestException" && (error.Evidence?.Contains("deletion", StringComparison.OrdinalIgnoreCase) ?? false);

    [GeneratedRegex(@"User: (?<who>\S+) is not authorized to perform: (?<what>[a-z0-9-]+:\w+)")]
    private static partial Regex NotAuthorized();
}
