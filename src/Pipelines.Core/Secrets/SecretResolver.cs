using System.Collections.Concurrent;
using Pipelines.Core.Model;

namespace Pipelines.Core.Secrets;

/// <summary>Fetches each reference once a run, keeps it in memory only, and masks it before anybody has it.</summary>
/// <remarks>A store is made when its first reference is asked for: a run loads nothing of a store that it does not use.</remarks>
internal sealed class SecretResolver : ISecretResolver, IAsyncDisposable
{
    private static readonly RetryPolicy s_retry = new(4);

    private readonly IReadOnlyDictionary<string, Lazy<ISecretSource>> _sources;
    private readonly SecretMasker _masker;
    private readonly TimeProvider _time;
    private readonly bool _isSandbox;
    private readonly ConcurrentDictionary<SecretReference, Lazy<Task<Secret>>> _fetched = new();
    private readonly ConcurrentDictionary<SecretReference, Lazy<Task<SecretSet>>> _fetchedSets = new();

    private readonly ConcurrentDictionary<string, bool> _environmentNames = new(StringComparer.Ordinal);

    private SecretResolver(SecretMasker masker, TimeProvider time, bool isSandbox, IReadOnlyDictionary<string, Func<ISecretSource>> sources)
    {
        _masker = masker;
        _time = time;
        _isSandbox = isSandbox;
        _sources = sources.ToDictionary(pair => pair.Key, pair => new Lazy<ISecretSource>(pair.Value), StringComparer.Ordinal);
    }

    /// <summary>Real stores, by scheme.</summary>
    public static SecretResolver Live(SecretMasker masker, TimeProvider time, IReadOnlyDictionary<string, Func<ISecretSource>> sources) => new(masker, time, isSandbox: false, sources);

    /// <summary>The sandbox's own stores, <c>sandbox://</c> among them. Every other reference is refused.</summary>
    public static SecretResolver Sandbox(SecretMasker masker, TimeProvider time, IReadOnlyDictionary<string, Func<ISecretSource>> sources) => new(masker, time, isSandbox: true, sources);

    /// <inheritdoc/>
    public Task<Secret> GetAsync(SecretReference reference, CancellationToken cancellationToken = default) =>
        FetchOnceAsync(_fetched, reference, async source =>
        {
            var secret = Secret.Of(await source.ReadAsync(reference, CancellationToken.None).ConfigureAwait(false), reference.ToString());
            _masker.Add(secret);
            return secret;
        }, cancellationToken);

    /// <inheritdoc/>
    public Task<SecretSet> GetSetAsync(SecretReference reference, CancellationToken cancellationToken = default) =>
        FetchOnceAsync(_fetchedSets, reference, async source =>
        {
            var secrets = new List<KeyValuePair<string, Secret>>();
            foreach ((string name, string value) in await source.ReadSetAsync(reference, CancellationToken.None).ConfigureAwait(false))
            {
                var secret = Secret.Of(value, $"{reference} {name}");
                _masker.Add(secret);
                secrets.Add(new(name, secret));
            }

            return new SecretSet(reference.ToString(), secrets);
        }, cancellationToken);

    /// <inheritdoc/>
    public void Add(Secret secret) => _masker.Add(secret);

    /// <summary>Takes note of a reference that the run has, though nobody has asked for it yet.</summary>
    public void Know(SecretReference reference)
    {
        if (reference.Scheme == "env")
            _environmentNames.TryAdd(reference.Path, true);
    }

    IEnumerable<string> ISecretResolver.EnvironmentNames => _environmentNames.Keys;

    /// <summary>Ends what the stores hold for the run, such as leases. Errors of one do not keep the others from ending.</summary>
    public async ValueTask DisposeAsync()
    {
        var errors = new List<Exception>();
        foreach (Lazy<ISecretSource> source in _sources.Values)
        {
            if (!source.IsValueCreated || source.Value is not IAsyncDisposable holder)
                continue;
            try
            {
                await holder.DisposeAsync().ConfigureAwait(false);
            }
            catch (PipelineException exception)
            {
                errors.Add(exception);
            }
        }

        if (errors.Count > 0)
            throw errors.Count == 1 ? errors[0] : new AggregateException(errors);
    }

    private Task<T> FetchOnceAsync<T>(ConcurrentDictionary<SecretReference, Lazy<Task<T>>> fetched, SecretReference reference, Func<ISecretSource, Task<T>> fetch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reference);
        CheckFilled(reference);
        Know(reference);
        ISecretSource source = SourceOf(reference);
        // The fetch belongs to the run, not to the caller who happened to come first: only the wait is cancelled.
        return fetched.GetOrAdd(reference, key => new Lazy<Task<T>>(() => FetchAsync(fetched, key, () => fetch(source)))).Value.WaitAsync(cancellationToken);
    }

    private async Task<T> FetchAsync<T>(ConcurrentDictionary<SecretReference, Lazy<Task<T>>> fetched, SecretReference reference, Func<Task<T>> fetch)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await fetch().ConfigureAwait(false);
            }
            catch (Exception exception) when (attempt < s_retry.MaxAttempts && TransientErrors.IsTransient(exception))
            {
                await Task.Delay(s_retry.DelayAfter(attempt), _time).ConfigureAwait(false);
            }
            catch
            {
                fetched.TryRemove(reference, out _); // a failure is not kept: the next caller may have more luck
                throw;
            }
        }
    }

    private static void CheckFilled(SecretReference reference)
    {
        if (reference.Path.Contains("{environment}", StringComparison.Ordinal) || reference.Path.Contains("{app}", StringComparison.Ordinal))
        {
            throw new InvalidUsageException(
                $"The secret {reference} is read by a stage that belongs to no environment, so there is nothing to fill in.",
                null,
                "Read it in a stage of an environment, one that takes that environment's deployment as its input, or fill it in by reference.In(app, environment).");
        }
    }

    private ISecretSource SourceOf(SecretReference reference)
    {
        if (_sources.TryGetValue(reference.Scheme, out Lazy<ISecretSource>? source))
            return source.Value;
        if (_isSandbox)
            throw SandboxStore.Refused(reference);

        string known = string.Join(", ", _sources.Keys.Order(StringComparer.Ordinal).Select(scheme => scheme + "://"));
        string? nearest = NearestName.Find(reference.Scheme, _sources.Keys);
        throw new InvalidUsageException(
            $"The secret {reference} names a store that is not known: '{reference.Scheme}'.",
            reference.Scheme == "sandbox" ? "sandbox:// is for runs in the sandbox only." : $"Known are: {known}.",
            nearest is null ? $"Write one of these: {known}." : $"Did you mean {nearest}://{reference.Path}?");
    }
}
