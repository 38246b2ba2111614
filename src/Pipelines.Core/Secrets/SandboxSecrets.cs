using Pipelines.Core.Model;

namespace Pipelines.Core.Secrets;

/// <summary><c>sandbox://NAME</c>: the sandbox's own secrets. Every other reference is refused: the sandbox never reads real credentials.</summary>
internal sealed class SandboxSecrets(IReadOnlyDictionary<string, string> secrets) : ISecretSource
{
    public string Scheme => "sandbox";

    public Task<string> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        if (secrets.TryGetValue(reference.Path, out string? value) && value.Length > 0)
            return Task.FromResult(value);
        string? nearest = NearestName.Find(reference.Path, secrets.Keys);
        throw new SecretNotFoundException(
            reference,
            $"The sandbox has no secret '{reference.Path}'." + (nearest is null ? "" : $" It has '{nearest}'."),
            secrets.Count == 0 ? "It has none at all." : $"Its secrets are: {string.Join(", ", secrets.Keys.Order(StringComparer.Ordinal))}.");
    }
}
