using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.ArgoCd;

/// <summary>Waits until Argo CD has an application no more.</summary>
internal static class ArgoCdAbsence
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    /// <summary>Whether Argo CD has it, as far as this token may see. That it has not and that the token may not see it are one answer.</summary>
    /// <exception cref="ArgoCdException">Argo CD cannot be asked.</exception>
    public static async Task<bool> IsThereAsync(ArgoCdTarget target, Secret? token, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await new ArgoCdClient(target, token, time).GetAsync(refresh: false, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ArgoCdException exception) when (exception.Failure == ArgoCdFailure.NotFound)
        {
            return false;
        }
    }

    /// <returns>Null once it is gone; else why it is not known to be.</returns>
    /// <param name="target">The application.</param>
    /// <param name="token">Its token; null where there is none.</param>
    /// <param name="limit">How long is waited.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<string?> WaitAsync(ArgoCdTarget target, Secret? token, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        while (true)
        {
            string why;
            try
            {
                if (!await IsThereAsync(target, token, time, cancellationToken).ConfigureAwait(false))
                    return null;
                why = $"Argo CD still has '{target.Application}' after {Durations.Text(limit)}";
            }
            catch (ArgoCdException exception)
            {
                if (exception.Failure != ArgoCdFailure.Unreachable)
                    return exception.What.TrimEnd('.');
                why = exception.What.TrimEnd('.');
            }

            if (time.GetElapsedTime(started) + PollInterval > limit)
                return why;
            await Task.Delay(PollInterval, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
