namespace Pipelines.Core;

/// <summary>Hands out secrets by reference and masks what it hands out.</summary>
public interface ISecretResolver
{
    /// <summary>Fetches a secret. Each reference is fetched once a run, whoever asks for it, and is masked from then on: a value that rotates meanwhile is the old one until the run ends.</summary>
    /// <param name="reference">Where it is kept. <c>{app}</c> and <c>{environment}</c> in it are those of the stage that asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SecretNotFoundException">There is nothing at the reference.</exception>
    /// <exception cref="SecretDeniedException">The identity of this run may not read it.</exception>
    /// <exception cref="SecretUnusableException">It is empty, binary or too large.</exception>
    Task<Secret> GetAsync(SecretReference reference, CancellationToken cancellationToken = default);

    /// <summary>Fetches everything that a store keeps at one place: the parameters below an SSM path, the keys of a Vault secret, the strings of a JSON secret.</summary>
    /// <param name="reference">Where they are kept, such as <c>aws-ssm:///{environment}/{app}/</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SecretNotFoundException">There is nothing at the reference.</exception>
    /// <exception cref="SecretDeniedException">The identity of this run may not read it.</exception>
    /// <exception cref="InvalidUsageException">The store keeps single values only.</exception>
    Task<SecretSet> GetSetAsync(SecretReference reference, CancellationToken cancellationToken = default);

    /// <summary>Masks a value that turned up during the run.</summary>
    /// <param name="secret">The value.</param>
    void Add(Secret secret);

    /// <summary>The variables that <c>env://</c> references of this run name: no process inherits them.</summary>
    internal IEnumerable<string> EnvironmentNames => [];
}
