namespace Pipelines.Core.Clients.Registry;

/// <summary>A user and a password, fetched.</summary>
internal sealed record RegistryLogin(string User, Secret Password)
{
    /// <summary>Fetches what the credentials lead to; null for anonymous ones.</summary>
    public static async Task<RegistryLogin?> ResolveAsync(RegistryCredentials credentials, StageContext context, CancellationToken cancellationToken)
    {
        switch (credentials)
        {
            case RegistryCredentials.Basic basic:
                return new RegistryLogin(basic.User, await context.Secrets.GetAsync(basic.Password, cancellationToken).ConfigureAwait(false));
            case RegistryCredentials.Ecr ecr when context.Run.Mode == RunMode.Sandbox && ecr.Endpoint?.IsLoopback != true:
                throw new InvalidUsageException(
                    $"A sandbox run does not ask Amazon ECR in {ecr.Region} for a token: nothing may leave the machine.",
                    null,
                    "Use an image of a registry on loopback in the sandbox, or run with --live.");
            case RegistryCredentials.Ecr ecr:
                return await EcrToken.GetAsync(ecr, context, cancellationToken).ConfigureAwait(false);
            default:
                return null;
        }
    }
}
