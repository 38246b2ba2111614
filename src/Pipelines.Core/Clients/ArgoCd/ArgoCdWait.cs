using System.Runtime.CompilerServices;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.ArgoCd;

/// <summary>Waits until Argo CD has applied our revision and it is healthy.</summary>
internal static class ArgoCdWait
{
    /// <summary>How long a server may be away, in a row.</summary>
    private static readonly TimeSpan UnreachableLimit = TimeSpan.FromSeconds(60);

    /// <param name="target">The application.</param>
    /// <param name="token">Its token; null where there is none.</param>
    /// <param name="revision">Our commit in the manifest repository.</param>
    /// <param name="relate">What another commit is to ours. Asked once for each commit.</param>
    /// <param name="log">Progress, a line for each change.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A phrase for people, such as <c>Healthy at 1a2b3c4d5e after 41 s</c>.</returns>
    /// <exception cref="ArgoCdException">It did not get there.</exception>
    public static async Task<string> RunAsync(
        ArgoCdTarget target,
        Secret? token,
        string revision,
        Func<string, CancellationToken, Task<ArgoCdRevision>> relate,
        StageLog log,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        long? unreachableSince = null;
        ArgoCdException? lastError = null;
        string? said = null;
        var warned = new HashSet<string>(StringComparer.Ordinal);
        var client = new ArgoCdClient(target, token, time);
        var progress = new ArgoCdProgress(target, revision, relate, time);
        var feed = new ArgoCdFeed(client, time, cancellationToken);
        await using ConfiguredAsyncDisposable ending = feed.ConfigureAwait(false);
        Say($"Argo CD: waiting for '{target.Application}' to be at {ArgoCdApplication.Short(revision)} and healthy, at most {Durations.Text(target.Timeout)}.");
        while (true)
        {
            TimeSpan remaining = target.Timeout - time.GetElapsedTime(started);
            if (remaining <= TimeSpan.Zero && (progress.Last is not null || lastError is not null))
                throw progress.TimedOut(lastError);
            try
            {
                ArgoCdApplication application = await feed.NextAsync(refresh: !progress.IsSynced, remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero).ConfigureAwait(false);
                unreachableSince = null;
                lastError = null;
                bool firstState = progress.Last is null;
                if (await progress.TakeAsync(application, cancellationToken).ConfigureAwait(false))
                {
                    string phrase = $"Healthy at {application.RevisionText} after {Durations.Text(time.GetElapsedTime(started))}";
                    Say($"Argo CD: {phrase}.");
                    return phrase;
                }

                Say($"Argo CD: {progress.Waiting}.");
                foreach (string condition in application.Conditions)
                    Warn(condition);
                if (firstState && !application.IsAutomated && !progress.IsSynced)
                    log.Warning($"Automated sync is off for '{target.Application}': somebody has to sync it in Argo CD.");
            }
            catch (ArgoCdException exception) when (exception.Failure == ArgoCdFailure.NotFound) // kargo#5844
            {
                lastError = exception;
                Say($"Argo CD: {exception.What} Waiting for it.");
            }
            catch (ArgoCdException exception) when (exception.Failure == ArgoCdFailure.Unreachable)
            {
                lastError = exception;
                unreachableSince ??= time.GetTimestamp();
                if (time.GetElapsedTime(unreachableSince.Value) >= UnreachableLimit)
                    throw;
                Say($"Argo CD: {exception.What} Trying again. {exception.Evidence?.Trim()}");
            }
            catch (ArgoCdException exception) when (exception.Failure == ArgoCdFailure.Degraded)
            {
                throw ArgoCdProgress.Degraded(target, revision, progress.Last!, await TreeAsync(client, cancellationToken).ConfigureAwait(false));
            }
        }

        void Say(string line)
        {
            if (line == said)
                return;
            said = line;
            log.Info(line);
        }

        void Warn(string condition)
        {
            if (warned.Add(condition))
                log.Warning($"Argo CD: {condition}");
        }
    }

    /// <summary>The resources below those that Argo CD manages, such as pods: they say why. Without them the error is still an error.</summary>
    private static async Task<IReadOnlyList<ArgoCdResource>> TreeAsync(ArgoCdClient client, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetTreeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ArgoCdException)
        {
            return [];
        }
    }
}
