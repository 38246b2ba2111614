namespace Pipelines.Core.Secrets;

/// <summary>One kind of store.</summary>
internal interface ISecretSource
{
    /// <summary>The scheme of its references, such as <c>env</c>.</summary>
    string Scheme { get; }

    /// <summary>Reads a value, which is not empty. Errors never hold any part of it.</summary>
    Task<string> ReadAsync(SecretReference reference, CancellationToken cancellationToken);
}
