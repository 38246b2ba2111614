using System.Globalization;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Vault;

/// <summary>Keeps one lease or token alive: renews it when two thirds of its time are over, and warns when that does not help any more.
/// https://developer.hashicorp.com/vault/docs/concepts/lease#lease-durations-and-renewal.</summary>
internal sealed class VaultRenewal : IAsyncDisposable
{
    /// <summary>Less than this part of what was asked for is taken as: the maximum is reached.</summary>
    private const double Capped = 0.9;

    private static readonly TimeSpan s_shortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(20); // timers take no more than 49 days

    private readonly CancellationTokenSource _end = new();
    private readonly string _name;
    private readonly Func<TimeSpan, CancellationToken, Task<(TimeSpan Duration, bool IsRenewable)>> _renew;
    private readonly TimeProvider _time;
    private readonly Action<string> _warn;
    private readonly Task _work;

    /// <param name="name">For warnings, such as <c>the Vault lease database/creds/app/abc</c>.</param>
    /// <param name="duration">How long it lives from now on.</param>
    /// <param name="isRenewable">Whether it may be renewed.</param>
    /// <param name="renew">Asks for more time; gives what was granted. Its errors say why not.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Hears of an end that cannot be put off.</param>
    public VaultRenewal(string name, TimeSpan duration, bool isRenewable, Func<TimeSpan, CancellationToken, Task<(TimeSpan Duration, bool IsRenewable)>> renew, TimeProvider time, Action<string> warn)
    {
        (_name, _renew, _time, _warn) = (name, renew, time, warn);
        _work = KeepAsync(duration, isRenewable);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task KeepAsync(TimeSpan asked, bool isRenewable)
    {
        DateTimeOffset expiry = _time.GetUtcNow() + asked;
        string? why = null;
        try
        {
            while (true)
            {
                await WaitAsync((expiry - _time.GetUtcNow()) * 2 / 3).ConfigureAwait(false);
                if (!isRenewable || _time.GetUtcNow() >= expiry)
                {
                    _warn(Ending(expiry, why));
                    return;
                }

                try
                {
                    (TimeSpan granted, isRenewable) = await _renew(asked, _end.Token).ConfigureAwait(false);
                    expiry = _time.GetUtcNow() + granted;
                    why = null;
                    if (granted < asked * Capped)
                        isRenewable = false; // the most that its role or token allows is reached: asking again gives no more
                }
                catch (PipelineException exception)
                {
                    why = exception.What;
                    if (exception.IsTransient)
                        continue; // again after two thirds of what is left
                    _warn(Ending(expiry, why));
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // the run has ended
        }
    }

    private async Task WaitAsync(TimeSpan wait)
    {
        wait = wait < s_shortestWait ? s_shortestWait : wait > s_longestWait ? s_longestWait : wait;
        await Task.Delay(wait, _time, _end.Token).ConfigureAwait(false);
    }

    private string Ending(DateTimeOffset expiry, string? why)
    {
        TimeSpan left = expiry - _time.GetUtcNow();
        string when = expiry.ToString("HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";
        string end = left <= TimeSpan.Zero ? $"ended at {when}" : $"ends at {when}, in {Durations.Text(left)}";
        return $"{char.ToUpperInvariant(_name[0])}{_name[1..]} cannot be renewed any more and {end}: what uses it then fails.{(why is null ? "" : " " + why)} A longer default_ttl or max_ttl of its role helps, or a shorter run.";
    }
}
