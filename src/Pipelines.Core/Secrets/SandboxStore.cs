namespace Pipelines.Core.Secrets;

/// <summary>A store that the sandbox stands in for. It is asked only where the sandbox has said where: without that, its source would look for the real one.</summary>
/// <param name="scheme">The scheme.</param>
/// <param name="variable">What says where the stand-in is, such as <c>AWS_ENDPOINT_URL_SSM</c>.</param>
/// <param name="variables">What the sandbox has said; filled when it has started.</param>
/// <param name="make">Makes the real source, over those variables.</param>
internal sealed class SandboxStore(string scheme, string variable, IReadOnlyDictionary<string, string> variables, Func<ISecretSource> make) : ISecretSource, IAsyncDisposable
{
    private readonly Lazy<ISecretSource> _source = new(make);

    public string Scheme => scheme;

    public Task<string> ReadAsync(SecretReference reference, CancellationToken cancellationToken) => Source(reference).ReadAsync(reference, cancellationToken);

    public Task<IReadOnlyDictionary<string, string>> ReadSetAsync(SecretReference reference, CancellationToken cancellationToken) => Source(reference).ReadSetAsync(reference, cancellationToken);

    public ValueTask DisposeAsync() => _source.IsValueCreated && _source.Value is IAsyncDisposable holder ? holder.DisposeAsync() : ValueTask.CompletedTask;

    /// <summary>The error of a reference that the sandbox does not read.</summary>
    public static InvalidUsageException Refused(SecretReference reference) => new(
        $"The secret {reference} is not read in the sandbox.",
        "The sandbox never reads real credentials: it has secrets of its own, as sandbox://NAME.",
        "Run with --live to use the real one.");

    private ISecretSource Source(SecretReference reference) => variables.ContainsKey(variable) ? _source.Value : throw Refused(reference);
}
