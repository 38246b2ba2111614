using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.ArgoCd;

/// <summary>Judges one state of the application after the other: is our revision applied, and is it healthy?</summary>
internal sealed class ArgoCdProgress(ArgoCdTarget target, string revision, Func<string, CancellationToken, Task<ArgoCdRevision>> relate, TimeProvider time)
{
    /// <summary>How long after a sync the health may still be that of before: controllers need a moment to see what was applied.</summary>
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, ArgoCdRevision> _known = new(StringComparer.OrdinalIgnoreCase) { [revision] = ArgoCdRevision.Ours };
    private long? _syncedAt;
    private bool _degradedBefore;

    /// <summary>The last state.</summary>
    public ArgoCdApplication? Last { get; private set; }

    /// <summary>Whether our revision was seen as the synced one.</summary>
    public bool IsSynced => _syncedAt is not null;

    /// <summary>What is waited for, in a line.</summary>
    public string Waiting { get; private set; } = "waiting for the first answer";

    /// <summary>Takes a state.</summary>
    /// <returns>Whether our revision is applied and healthy.</returns>
    /// <exception cref="ArgoCdException">It will not get there.</exception>
    public async Task<bool> TakeAsync(ArgoCdApplication application, CancellationToken cancellationToken)
    {
        Last = application;
        ArgoCdOperation? operation = application.Operation;
        bool oursIsApplied = operation is not null && await RelateAsync(operation.Revisions, cancellationToken).ConfigureAwait(false) == ArgoCdRevision.Ours;
        if (oursIsApplied && operation!.HasFailed)
            throw SyncFailed(operation);

        ArgoCdRevision compared = await RelateAsync(application.Revisions, cancellationToken).ConfigureAwait(false);
        if (compared == ArgoCdRevision.Superseded)
            throw Superseded(application);
        if (compared != ArgoCdRevision.Ours || application.SyncStatus != "Synced")
        {
            _degradedBefore = application.Health == "Degraded"; // kargo#6357: whatever the health is, it is not ours yet
            return Wait(compared == ArgoCdRevision.Ours
                ? $"our revision {ArgoCdApplication.Short(revision)} is {application.SyncStatus}" + (oursIsApplied ? $", sync {operation!.Phase}" + Tail(operation.Message) : "")
                : $"waiting for our revision {ArgoCdApplication.Short(revision)}: Argo CD is {application.SyncStatus} at {application.RevisionText}");
        }

        if (oursIsApplied && !operation!.IsDone)
            return Wait($"our revision {ArgoCdApplication.Short(revision)} is being applied, sync {operation.Phase}" + Tail(operation.Message));

        _syncedAt ??= time.GetTimestamp();
        return Judge(application, oursIsApplied ? operation : null);
    }

    private bool Judge(ArgoCdApplication application, ArgoCdOperation? operation)
    {
        bool comparedBeforeTheEnd = operation is not null && application.ReconciledAt < operation.FinishedAt;
        bool settling = time.GetElapsedTime(_syncedAt!.Value) < SettleTime;
        switch (application.Health)
        {
            case "Healthy" when !(comparedBeforeTheEnd && settling):
                return true;
            case "Degraded":
                bool fromBefore = comparedBeforeTheEnd || _degradedBefore || application.HealthSince < operation?.StartedAt;
                if (!(fromBefore && settling))
                    throw Degraded(application, []);
                return Wait("synced; the health is still that of before");
            default:
                _degradedBefore = false;
                return Wait($"synced, {(application.Health.Length == 0 ? "health not known yet" : application.Health)}" + Tail(application.HealthMessage) + Unhealthy(application));
        }
    }

    public static ArgoCdException Degraded(ArgoCdTarget target, string revision, ArgoCdApplication application, IEnumerable<ArgoCdResource> more)
    {
        ArgoCdResource[] resources = [.. application.Resources.Concat(more).Where(resource => resource.Health is "Degraded" or "Missing").Distinct()];
        string[] lines = [.. resources.Select(resource => "  " + resource).Append(application.HealthMessage is null ? "" : "  " + application.HealthMessage).Concat(application.Conditions.Select(condition => "  " + condition)).Where(line => line.Length > 0)];
        return new ArgoCdException(
            ArgoCdFailure.Degraded,
            $"'{target.Application}' is Degraded after Argo CD applied {ArgoCdApplication.Short(revision)}.",
            lines.Length == 0 ? "  Argo CD names no resource." : string.Join('\n', lines),
            $"Look at these resources' events and logs: {target.Server.GetLeftPart(UriPartial.Path).TrimEnd('/')}/applications/{target.Application}");
    }

    /// <summary>What to say when the time is over.</summary>
    public ArgoCdException TimedOut(ArgoCdException? lastError)
    {
        string within = Durations.Text(target.Timeout);
        if (Last is not { } application)
            return new ArgoCdException(lastError?.Failure ?? ArgoCdFailure.Timeout, $"Argo CD did not bring '{target.Application}' up within {within}: {lastError?.What ?? "it never answered."}", lastError?.Evidence, lastError?.Advice);
        string[] seen =
        [
            $"  last seen: {application.SyncStatus} at {application.RevisionText}, {application.Health}" + Tail(application.HealthMessage),
            $"  waited for: {ArgoCdApplication.Short(revision)}",
            .. application.Operation is { } operation ? (string[])[$"  last sync: {operation.Phase}" + Tail(operation.Message)] : [],
            .. application.Resources.Where(resource => resource.Health is not (null or "Healthy")).Select(resource => "  " + resource),
            .. application.Conditions.Select(condition => "  " + condition),
            .. lastError is null ? (string[])[] : ["  last answer: " + lastError.What],
        ];
        return new ArgoCdException(ArgoCdFailure.Timeout, $"'{target.Application}' was not {(IsSynced ? "healthy" : "synced to our revision")} within {within}.", string.Join('\n', seen), TimeoutAdvice(application));
    }

    private string TimeoutAdvice(ArgoCdApplication application)
    {
        if (IsSynced && application.Health == "Suspended")
            return "Something of it is suspended, such as a paused rollout: resume it, or allow more time with argocd.timeout.";
        if (IsSynced)
            return "Look at the resources that are not healthy, or allow more time with argocd.timeout.";
        if (application.Revisions.Any(seen => _known.GetValueOrDefault(seen) == ArgoCdRevision.Ours))
            return application.Operation is { Phase: "Succeeded" } ? "The sync succeeded, and something still differs from the manifests: look at the application's diff in Argo CD, and ignore fields that controllers set (ignoreDifferences)." : application.IsAutomated ? "Argo CD saw our revision and did not apply it: look at its sync windows and at the application in Argo CD." : "Automated sync is off for this application: sync it in Argo CD, or turn it on (spec.syncPolicy.automated).";
        return $"Argo CD never saw our revision. Check that the application follows the manifest repository and its branch; it follows {string.Join(" and ", application.Follows.DefaultIfEmpty("nothing"))}.";
    }

    private async Task<ArgoCdRevision> RelateAsync(IReadOnlyList<string> revisions, CancellationToken cancellationToken)
    {
        ArgoCdRevision result = ArgoCdRevision.Unrelated;
        foreach (string candidate in revisions) // one of several sources is our repository
        {
            if (!_known.TryGetValue(candidate, out ArgoCdRevision relation))
                _known[candidate] = relation = candidate.Length >= 40 && candidate.All(char.IsAsciiHexDigit) ? await relate(candidate, cancellationToken).ConfigureAwait(false) : ArgoCdRevision.Unrelated; // a chart's version is no commit
            if (relation == ArgoCdRevision.Ours)
                return relation;
            if (relation == ArgoCdRevision.Superseded)
                result = relation;
        }

        return result;
    }

    private bool Wait(string what)
    {
        Waiting = what;
        return false;
    }

    private ArgoCdException Degraded(ArgoCdApplication application, IEnumerable<ArgoCdResource> more) => Degraded(target, revision, application, more);

    private ArgoCdException SyncFailed(ArgoCdOperation operation) => new(
        ArgoCdFailure.SyncFailed,
        $"Argo CD could not apply {ArgoCdApplication.Short(revision)} to '{target.Application}'.",
        string.Join('\n', operation.Failed.Prepend(operation.Message?.ReplaceLineEndings(" ") ?? operation.Phase).Select(line => "  " + line)),
        "Correct the manifests these messages name, or the permissions of Argo CD in the cluster.");

    private ArgoCdException Superseded(ArgoCdApplication application) => new(
        ArgoCdFailure.Superseded,
        $"A newer deployment took the place of {ArgoCdApplication.Short(revision)} in '{target.Application}' before it was seen healthy.",
        $"  Argo CD is at {application.RevisionText}, where another tag is set",
        "Look at the newer deployment. To have this one back, run it again.");

    private static string Unhealthy(ArgoCdApplication application)
    {
        ArgoCdResource[] resources = [.. application.Resources.Where(resource => resource.Health is not (null or "Healthy")).Take(3)];
        return resources.Length == 0 ? "" : " — " + string.Join("; ", resources.Select(resource => resource.ToString()));
    }

    private static string Tail(string? message) => string.IsNullOrWhiteSpace(message) ? "" : ": " + message.ReplaceLineEndings(" ").Trim();
}
