using Pipelines.Sandbox.Git;

namespace Pipelines.Sandbox.ArgoCd;

/// <summary>All applications, and the eye on the manifest repository. Those of previews come and go with their files, as an ApplicationSet makes and removes them.</summary>
internal sealed class Cluster : IDisposable
{
    private static readonly TimeSpan s_fallbackPeriod = TimeSpan.FromSeconds(1);

    private readonly SandboxOptions _options;
    private readonly ManifestRepository _repository;
    private readonly ClusterState _states;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Application> _applications;
    private readonly SemaphoreSlim _discovering = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lazy<IDisposable> _watcher;
    private string? _seen;

    public Cluster(SandboxOptions options, ManifestRepository repository, ClusterState states)
    {
        _options = options;
        _repository = repository;
        _states = states;
        _applications = options.Environments.Select(Make).ToDictionary(application => application.Name, StringComparer.Ordinal);
        _watcher = new(() => StartWatching(repository, options.Time));
    }

    /// <summary>The environments that have an application at this moment.</summary>
    public IReadOnlyList<string> Environments => [.. All().Select(application => application.Environment)];

    public CancellationToken Stopping => _stopping.Token;

    /// <summary>An application as the newest commit has it; null where there is none.</summary>
    public async Task<Application?> FindAsync(string name, CancellationToken cancellationToken)
    {
        await DiscoverAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
            return _applications.GetValueOrDefault(name);
    }

    /// <summary>From the first call on a push is seen without anyone asking.</summary>
    public void Watch() => _ = _watcher.Value;

    public void Dispose()
    {
        if (_watcher.IsValueCreated)
            _watcher.Value.Dispose();
        _stopping.Cancel();
        _stopping.Dispose();
        _discovering.Dispose();
    }

    private Application Make(string environment) => new(_options, environment, _repository, _states, _stopping.Token);

    private Application[] All()
    {
        lock (_lock)
            return [.. _applications.Values];
    }

    private async Task DiscoverAsync(CancellationToken cancellationToken)
    {
        if (_options.PreviewTemplate is null)
            return;
        await _discovering.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            string head = await _repository.HeadAsync(cancellationToken).ConfigureAwait(false);
            if (head == _seen)
                return;
            HashSet<string> previews = [.. PreviewFiles.Find(_options, await _repository.ListAsync(head, cancellationToken).ConfigureAwait(false))];
            lock (_lock)
            {
                foreach (Application gone in _applications.Values.Where(application => _options.IsPreview(application.Environment) && !previews.Remove(application.Environment)).ToArray())
                {
                    _applications.Remove(gone.Name);
                    gone.End();
                }

                foreach (string environment in previews)
                {
                    Application application = Make(environment);
                    _applications.Add(application.Name, application);
                }
            }

            _seen = head;
        }
        finally
        {
            _discovering.Release();
        }
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
        if (_options.PreviewTemplate is not null)
            _ = QuietlyAsync(DiscoverAsync);
        foreach (Application application in All())
            _ = QuietlyAsync(application.ObserveAsync);
    }

    private async Task QuietlyAsync(Func<CancellationToken, Task> observeAsync)
    {
        try
        {
            await observeAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or IOException or Core.PipelineException)
        {
            // Whoever asks next sees the error; an event has nobody to tell.
        }
    }
}
