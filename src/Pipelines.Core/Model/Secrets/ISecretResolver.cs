namespace Pipelines.Core;

/// <summary>Hands out secrets by reference and masks what it hands out.</summary>
public interface ISecretResolver
{
    /// <summary>Fetches a secret. Each reference is fetched once a run and is masked from then on.</summary>
    /// <param name="reference">Where it is kept.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SecretNotFoundException">There is nothing at the reference.</exception>
    Task<Secret> GetAsync(SecretReference reference, CancellationToken cancellationToken = default);

    /// <summary>Masks a value that turned up during the run.</summary>
    /// <param name="secret">The value.</param>
    void Add(Secret secret);
}
