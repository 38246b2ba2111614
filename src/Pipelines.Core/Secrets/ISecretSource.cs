namespace Pipelines.Core.Secrets;

/// <summary>One kind of store. One that holds something for the run, such as leases, is <see cref="IAsyncDisposable"/> too and is disposed when the run has ended, however it ended.</summary>
internal interface ISecretSource
{
    /// <summary>The scheme of its references, such as <c>env</c>.</summary>
    string Scheme { get; }

    /// <summary>Reads a value, which is not empty. Errors never hold any part of it; those that may go away by themselves are transient, and the resolver tries again.</summary>
    Task<string> ReadAsync(SecretReference reference, CancellationToken cancellationToken);

    /// <summary>Reads all values at a place, by name.</summary>
    Task<IReadOnlyDictionary<string, string>> ReadSetAsync(SecretReference reference, CancellationToken cancellationToken) => throw new InvalidUsageException(
        $"The secret {reference} is one value, not a set of them.", $"{Scheme}:// keeps single values only.", "Read it with GetAsync, or name a place of a store that keeps several, such as aws-ssm:///path/.");
}
