using System.Threading.Channels;
using Pipelines.Sandbox.Git;

namespace Pipelines.Sandbox.ArgoCd;

#pragma warning disable CA1001 // a SemaphoreSlim whose wait handle nobody asks for holds nothing to dispose

/// <summary>One Argo CD application with automated sync: what it does when a new commit is seen, with small real delays between the steps.</summary>
internal sealed partial class Application(SandboxOptions options, string environment, ManifestRepository repository, ClusterState states, CancellationToken stopping)
{
    private static readonly TimeSpan s_compare = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_sync = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_rollout = TimeSpan.FromMilliseconds(150);

    private readonly SemaphoreSlim _observing = new(1, 1);
    private readonly Lock _lock = new();
    private readonly List<ChannelWriter<ApplicationStatus>> _subscribers = [];
    private ApplicationStatus _status = new();
    private string? _seen;
    private Manifest? _target;
    private Task _rollouts = Task.CompletedTask;
    private bool _faulty;
    private bool _ended;

    public string Name { get; } = $"{options.App}-{environment}";

    public string App => options.App;

    public string Environment => environment;

    public string RepositoryPath => repository.Path;

    public string ManifestFile { get; } = options.ManifestPath(environment);

    public ApplicationStatus Status
    {
        get
        {
            lock (_lock)
                return _status;
        }
    }

    /// <summary>Whether the live version answers its health check well.</summary>
    public bool AnswersWell => !(_faulty && options.Faults.HasFlag(SandboxFaults.Smoke));

    /// <summary>Every status from now on, the present one first, until the token is cancelled.</summary>
    public async IAsyncEnumerable<ApplicationStatus> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<ApplicationStatus>();
        lock (_lock)
        {
            _subscribers.Add(channel.Writer);
            channel.Writer.TryWrite(_status);
        }

        try
        {
            await foreach (ApplicationStatus status in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return status;
        }
        finally
        {
            lock (_lock)
                _subscribers.Remove(channel.Writer);
        }
    }

    /// <summary>It is deleted: who watches it hears no more of it.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
            states.Remove(environment);
            foreach (ChannelWriter<ApplicationStatus> subscriber in _subscribers)
                subscriber.TryComplete();
        }
    }

    /// <summary>Looks whether the branch has moved, and starts what follows from it. Returns once the new commit is compared, not when it is rolled out.</summary>
    public async Task ObserveAsync(CancellationToken cancellationToken)
    {
        await _observing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            string head = await repository.HeadAsync(cancellationToken).ConfigureAwait(false);
            if (head == _seen)
                return;
            var manifest = Manifest.Parse(await repository.ReadAsync(head, ManifestFile, cancellationToken).ConfigureAwait(false), ManifestFile, options.ManifestKey);
            bool first = _seen is null;
            _seen = head;
            Compare(head, manifest, first);
        }
        finally
        {
            _observing.Release();
        }
    }

    private void Compare(string head, Manifest manifest, bool first)
    {
        DateTimeOffset now = options.Time.GetUtcNow();
        if (manifest.Error is not null)
        {
            Publish(status => status with { Revision = head, Sync = "Unknown", ComparisonError = manifest.Error, ReconciledAt = now });
            return;
        }

        ApplicationState state = states[environment];
        if (first && manifest.Hash == state.ManifestHash)
        {
            Start(head, manifest, state);
        }
        else if (!first && manifest.Hash == _target?.Hash)
        {
            // Another service's commit: nothing to sync, only to compare.
            Publish(status => status with { Revision = head, Sync = status.Sync == "Unknown" ? "Synced" : status.Sync, ComparisonError = null, ReconciledAt = now });
        }
        else
        {
            if (first)
                Publish(status => status with { LiveTag = state.LiveTag, Health = state.LiveTag.Length > 0 ? "Healthy" : "Missing", HealthSince = now });
            _target = manifest;
            Publish(status => status with { Revision = head, Sync = "OutOfSync", TargetTag = manifest.Tag, ComparisonError = null, ReconciledAt = now });
            _rollouts = RollOutAfterAsync(_rollouts, head, manifest);
        }
    }

    /// <summary>A new process finds what an earlier one deployed. A fault that is asked for meets it here: there may be no newer version to meet.</summary>
    private void Start(string head, Manifest manifest, ApplicationState state)
    {
        DateTimeOffset now = options.Time.GetUtcNow();
        _target = manifest;
        _faulty = manifest.Tag.Length > 0 && Faults;
        bool degraded = _faulty && options.Faults.HasFlag(SandboxFaults.ArgoCdDegraded);
        Publish(status => status with
        {
            Revision = head,
            Sync = "Synced",
            TargetTag = manifest.Tag,
            LiveTag = state.LiveTag,
            Health = degraded ? "Degraded" : "Healthy",
            HealthMessage = degraded ? DegradedMessage : null,
            HealthSince = now,
            ReconciledAt = now,
            LastOperation = new("Succeeded", "successfully synced (all tasks run)", head, now, now),
        });
    }
}
