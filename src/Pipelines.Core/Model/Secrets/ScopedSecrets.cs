namespace Pipelines.Core.Model;

/// <summary>The secrets as one stage sees them: <c>{app}</c> and <c>{environment}</c> in references are its own.</summary>
internal sealed class ScopedSecrets(ISecretResolver secrets, string app, string? environment) : ISecretResolver
{
    public Task<Secret> GetAsync(SecretReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return secrets.GetAsync(reference.In(app, environment), cancellationToken);
    }

    public Task<SecretSet> GetSetAsync(SecretReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        return secrets.GetSetAsync(reference.In(app, environment), cancellationToken);
    }

    public void Add(Secret secret) => secrets.Add(secret);

    IEnumerable<string> ISecretResolver.EnvironmentNames => secrets.EnvironmentNames;
}
