using Pipelines.Core.Model;

namespace Pipelines.Core.Secrets;

/// <summary><c>env://NAME</c>: a variable of the process that runs the pipeline.</summary>
internal sealed class EnvironmentSecrets(IReadOnlyDictionary<string, string> variables) : ISecretSource
{
    public string Scheme => "env";

    public Task<string> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        string name = reference.Path;
        if (!variables.TryGetValue(name, out string? value))
        {
            string? nearest = NearestName.Find(name, variables.Keys);
            throw new SecretNotFoundException(
                reference,
                $"The environment has no variable {name}." + (nearest is null ? "" : $" It has {nearest}."),
                $"Set {name} for this process: 'export {name}=…' on a laptop, a secret variable of the job on a CI system.");
        }

        if (value.Length == 0)
            throw new SecretUnusableException(reference, $"The variable {name} is set, but empty.", "Give it a value. CI systems hand out empty variables to builds of forks and of unprotected branches.");
        return Task.FromResult(value);
    }
}
