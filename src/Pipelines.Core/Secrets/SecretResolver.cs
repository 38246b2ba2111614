using System.Collections.Concurrent;
using Pipelines.Core.Model;

namespace Pipelines.Core.Secrets;

/// <summary>Fetches each reference once a run, keeps it in memory only, and masks it before anybody has it.</summary>
internal sealed class SecretResolver : ISecretResolver
{
    private readonly Dictionary<string, ISecretSource> _sources;
    private readonly SecretMasker _masker;
    private readonly bool _isSandbox;
    private readonly ConcurrentDictionary<SecretReference, Lazy<Task<Secret>>> _fetched = new();

    private SecretResolver(IEnumerable<ISecretSource> sources, SecretMasker masker, bool isSandbox)
    {
        _sources = sources.ToDictionary(source => source.Scheme, StringComparer.Ordinal);
        _masker = masker;
        _isSandbox = isSandbox;
    }

    /// <summary>Real stores.</summary>
    public static SecretResolver Live(SecretMasker masker, params IEnumerable<ISecretSource> sources) => new(sources, masker, isSandbox: false);

    /// <summary>The stores that every live run has: <c>env://</c> and <c>file://</c>.</summary>
    public static SecretResolver Live(SecretMasker masker, IReadOnlyDictionary<string, string> variables, string directory) =>
        Live(masker, new EnvironmentSecrets(variables), new FileSecrets(directory));

    /// <summary>The sandbox's own secrets and nothing else.</summary>
    public static SecretResolver Sandbox(SecretMasker masker, IReadOnlyDictionary<string, string> secrets) => new([new SandboxSecrets(secrets)], masker, isSandbox: true);

    /// <inheritdoc/>
    public Task<Secret> GetAsync(SecretReference reference, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ISecretSource source = SourceOf(reference);
        // The fetch belongs to the run, not to the caller who happened to come first: only the wait is cancelled.
        Lazy<Task<Secret>> fetch = _fetched.GetOrAdd(reference, static (key, state) => new Lazy<Task<Secret>>(() => state.Self.FetchAsync(key, state.Source)), (Self: this, Source: source));
        return fetch.Value.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Add(Secret secret) => _masker.Add(secret);

    private async Task<Secret> FetchAsync(SecretReference reference, ISecretSource source)
    {
        try
        {
            var secret = Secret.Of(await source.ReadAsync(reference, CancellationToken.None).ConfigureAwait(false), reference.ToString());
            _masker.Add(secret);
            return secret;
        }
        catch
        {
            _fetched.TryRemove(reference, out _); // a failure is not kept: the next caller may have more luck
            throw;
        }
    }

    private ISecretSource SourceOf(SecretReference reference)
    {
        if (_sources.TryGetValue(reference.Scheme, out ISecretSource? source))
            return source;
        if (_isSandbox)
        {
            throw new InvalidUsageException(
                $"The secret {reference} is not read in the sandbox.",
                "The sandbox never reads real credentials: it has secrets of its own, as sandbox://NAME.",
                "Run with --live to use the real one.");
        }

        string known = string.Join(", ", _sources.Keys.Order(StringComparer.Ordinal).Select(scheme => scheme + "://"));
        string? nearest = NearestName.Find(reference.Scheme, _sources.Keys);
        throw new InvalidUsageException(
            $"The secret {reference} names a store that is not known: '{reference.Scheme}'.",
            reference.Scheme == "sandbox" ? "sandbox:// is for runs in the sandbox only." : $"Known are: {known}.",
            nearest is null ? $"Write one of these: {known}." : $"Did you mean {nearest}://{reference.Path}?");
    }
}
