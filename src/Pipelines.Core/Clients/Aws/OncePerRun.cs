using System.Collections.Concurrent;

namespace Pipelines.Core.Clients.Aws;

/// <summary>What was read under a name: read once, whoever asks at the same time or later. A failure is not kept.</summary>
internal sealed class OncePerRun<T>
{
    private readonly ConcurrentDictionary<string, Lazy<Task<T>>> _read = new(StringComparer.Ordinal);

    public async Task<T> GetAsync(string name, Func<Task<T>> read)
    {
        Lazy<Task<T>> one = _read.GetOrAdd(name, _ => new Lazy<Task<T>>(read));
        try
        {
            return await one.Value.ConfigureAwait(false);
        }
        catch
        {
            _read.TryRemove(new KeyValuePair<string, Lazy<Task<T>>>(name, one)); // not the one that somebody else has started since
            throw;
        }
    }

    /// <summary>The value that the run keeps: the one that was read before, or else this one.</summary>
    public async Task<T> KeepAsync(string name, T value)
    {
        try
        {
            return await GetAsync(name, () => Task.FromResult(value)).ConfigureAwait(false);
        }
        catch (PipelineException)
        {
            return await GetAsync(name, () => Task.FromResult(value)).ConfigureAwait(false); // somebody's own read failed
        }
    }
}
