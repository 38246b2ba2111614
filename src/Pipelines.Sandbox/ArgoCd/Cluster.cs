using Pipelines.Sandbox.Git;

namespace Pipelines.Sandbox.ArgoCd;

/// <summary>All applications, and the eye on the manifest repository.</summary>
internal sealed class Cluster : IDisposable
{
    private static readonly TimeSpan s_fallbackPeriod = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Application> _applications;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lazy<IDisposable> _watcher;

    public Cluster(SandboxOptions options, ManifestRepository repository, ClusterState states)
    {
        CancellationToken stopping = _stopping.Token;
        Environments = options.Environments;
        _applications = options.Environments.Select(environment => new Application(options, environment, repository, states, stopping)).ToDictionary(application => application.Name, StringComparer.Ordinal);
        _watcher = new(() => StartWatching(repository, options.Time));
    }

    public IReadOnlyList<string> Environments { get; }

    public CancellationToken Stopping => _stopping.Token;

    public Application? Find(string name) => _applications.GetValueOrDefault(name);

    /// <summary>From the first call on a push is seen without anyone asking.</summary>
    public void Watch() => _ = _watcher.Value;

    public void Dispose()
    {
        if (_watcher.IsValueCreated)
            _watcher.Value.Dispose();
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private IDisposable StartWatching(ManifestRepository repository, TimeProvider time)
    {
        try
        {
            var watcher = new FileSystemWatcher(repository.RefsFolder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite };
            watcher.Changed += (_, _) => ObserveAll();
            watcher.Created += (_, _) => ObserveAll();
            watcher.Renamed += (_, _) => ObserveAll(); // git writes main.lock and renames it
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (IOException)
        {
            // The machine has no watches left (fs.inotify.max_user_instances): look now and then instead.
            return time.CreateTimer(_ => ObserveAll(), null, s_fallbackPeriod, s_fallbackPeriod);
        }
    }

    private void ObserveAll()
    {
        foreach (Application application in _applications.Values)
            _ = ObserveQuietlyAsync(application);
    }

    private async Task ObserveQuietlyAsync(Application application)
    {
        try
        {
            await application.ObserveAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or IOException or Core.PipelineException)
        {
            // Whoever asks next sees the error; an event has nobody to tell.
        }
    }
}
