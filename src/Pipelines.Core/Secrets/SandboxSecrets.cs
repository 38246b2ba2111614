using Pipelines.Core.Model;

namespace Pipelines.Core.Secrets;

/// <summary>Secrets that the sandbox made up, by the whole reference: <c>sandbox://NAME</c>, and <c>env://</c> and <c>file://</c> where the pipeline's own settings name them. Every other reference is refused: the sandbox
/// never reads real credentials.</summary>
internal sealed class SandboxSecrets(string scheme, IReadOnlyDictionary<string, string> secrets) : ISecretSource
{
    public const string OwnScheme = "sandbox";

    public string Scheme => scheme;

    public Task<string> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        if (secrets.TryGetValue(reference.ToString(), out string? value) && value.Length > 0)
            return Task.FromResult(value);
        if (scheme != OwnScheme)
            throw SandboxStore.Refused(reference);
        string[] names = [.. secrets.Keys.Where(key => key.StartsWith("sandbox://", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string? nearest = NearestName.Find(reference.ToString(), names);
        throw new SecretNotFoundException(
            reference,
            $"The sandbox has no secret '{reference.Path}'." + (nearest is null ? "" : $" It has {nearest}."),
            names.Length == 0 ? "It has none at all." : $"Its secrets are: {string.Join(", ", names)}.");
    }
}
