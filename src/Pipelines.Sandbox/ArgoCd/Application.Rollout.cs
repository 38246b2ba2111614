namespace Pipelines.Sandbox.ArgoCd;

internal sealed partial class Application
{
    private bool Faults => (options.Faults & (SandboxFaults.Smoke | SandboxFaults.ArgoCdDegraded)) != 0;

    private string DegradedMessage => $"Deployment \"{App}\" exceeded its progress deadline";

    private async Task RollOutAfterAsync(Task earlier, string revision, Manifest manifest)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await RollOutAsync(revision, manifest).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next process finds the manifest changed and rolls it out.
        }
    }

    private async Task RollOutAsync(string revision, Manifest manifest)
    {
        await WaitAsync(s_compare).ConfigureAwait(false);
        DateTimeOffset started = options.Time.GetUtcNow();
        Publish(status => status with { LastOperation = new("Running", "one or more tasks are running", revision, started, null) });

        await WaitAsync(s_sync).ConfigureAwait(false);
        DateTimeOffset synced = options.Time.GetUtcNow();
        bool faulty = Faults && manifest.Tag.Length > 0 && !states[environment].GoodTags.Contains(manifest.Tag);
        Publish(status => status with
        {
            Sync = _target == manifest ? "Synced" : "OutOfSync",
            LastOperation = new("Succeeded", "successfully synced (all tasks run)", revision, started, synced),
            Health = "Progressing",
            HealthMessage = $"Waiting for rollout to finish: 0 of 1 updated replicas are available...",
            HealthSince = synced,
            ReconciledAt = synced, // Synced is the word of a comparison after the sync
        });

        await WaitAsync(s_rollout).ConfigureAwait(false);
        bool degraded = faulty && options.Faults.HasFlag(SandboxFaults.ArgoCdDegraded);
        ApplicationState state = states[environment] with { ManifestHash = manifest.Hash };
        if (!degraded)
            state = state with { LiveTag = manifest.Tag };
        lock (_lock)
        {
            if (_ended)
                return; // deleted while it was rolled out: a later one of the name starts anew
            states[environment] = faulty ? state : state.WithGood(manifest.Tag);
        }

        _faulty = faulty;
        Publish(status => status with
        {
            Health = degraded ? "Degraded" : "Healthy",
            HealthMessage = degraded ? DegradedMessage : null,
            HealthSince = options.Time.GetUtcNow(),
            LiveTag = state.LiveTag,
        });
    }

    private Task WaitAsync(TimeSpan time) => Task.Delay(time, options.Time, stopping);

    private void Publish(Func<ApplicationStatus, ApplicationStatus> change)
    {
        lock (_lock)
        {
            _status = change(_status) with { Version = _status.Version + 1 };
            foreach (System.Threading.Channels.ChannelWriter<ApplicationStatus> subscriber in _subscribers)
                subscriber.TryWrite(_status);
        }
    }
}
