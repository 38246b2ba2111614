using System.Threading.Channels;
using Pipelines.Core.Clients.Slack;

namespace Pipelines.Core.Reporting.Slack;

#pragma warning disable CA1001 // a source without a timer holds nothing to dispose, and updates may still look at it

/// <summary>
/// One Slack message per run, updated in place as stages end. Sending runs on its own: at most once a second, and what happened in between is in the next update. Slack never fails a run:
/// what it did not take becomes one warning.
/// </summary>
internal sealed class SlackObserver : IRunObserver
{
    private const int Attempts = 3;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_retryWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_endBudget = TimeSpan.FromSeconds(10);

    private readonly ISlackSender _sender;
    private readonly Action<string> _warn;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly SlackRunState _story = new();
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly CancellationTokenSource _ending = new();
    private Task? _sending;
    private bool _hopeless;
    private int _warned;

    /// <summary>An observer that writes through the given sender.</summary>
    public SlackObserver(ISlackSender sender, Action<string> warn, TimeProvider time)
    {
        _sender = sender;
        _warn = warn;
        _time = time;
    }

    /// <summary>With a bot token: one message, updated in place.</summary>
    /// <param name="channel">Such as <c>#orders-team</c>.</param>
    /// <param name="token">The bot token.</param>
    /// <param name="address">The Web API; null for <see cref="SlackApi.DefaultAddress"/>.</param>
    /// <param name="warn">Told once where Slack takes nothing. Called from another thread than the events.</param>
    /// <param name="time">The clock.</param>
    public static SlackObserver WithToken(string channel, Secret token, Uri? address, Action<string> warn, TimeProvider time) =>
        new(new SlackApi(address ?? SlackApi.DefaultAddress, channel, token, time), warn, time);

    /// <summary>With a webhook, whose address is the secret: one message at the end.</summary>
    public static SlackObserver WithWebhook(Secret webhook, Action<string> warn, TimeProvider time) => new(new SlackWebhook(webhook, time), warn, time);

    public void OnEvent(RunEvent runEvent)
    {
        bool isNews;
        lock (_lock)
            isNews = _story.Take(runEvent);
        if (!isNews || !_sender.CanUpdate)
            return;
        _changes.Writer.TryWrite(true);
        _sending ??= Task.Run(SendUpdatesAsync); // events come one at a time
    }

    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        _changes.Writer.TryComplete();
        await _ending.CancelAsync().ConfigureAwait(false);
        using CancellationTokenSource budget = new(s_endBudget, _time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        try
        {
            if (_sending is not null)
                await _sending.WaitAsync(end.Token).ConfigureAwait(false);
            if (!_hopeless && _story.HasStarted)
                await SendAsync(isLast: true, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Warn($"Slack did not take the last message within {s_endBudget.TotalSeconds:0} s. The run is not affected.");
        }
    }

    private async Task SendUpdatesAsync()
    {
        while (await _changes.Reader.WaitToReadAsync().ConfigureAwait(false) && !_ending.IsCancellationRequested && !_hopeless)
        {
            _changes.Reader.TryRead(out _);
            await SendAsync(isLast: false, CancellationToken.None).ConfigureAwait(false);
            await WaitAsync(s_interval, _ending.Token).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(bool isLast, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            SlackContent content;
            lock (_lock)
                content = SlackMessageBuilder.Build(_story, _time.GetUtcNow());
            try
            {
                await _sender.SendAsync(content, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (SlackException error) when (error.IsTransient)
            {
                // In the middle of a run the next update tries again; only the last one has to say so.
                if (attempt == Attempts || (!isLast && _ending.IsCancellationRequested))
                {
                    if (isLast)
                        Warn($"{error.What} {error.Advice}");
                    return;
                }

                await WaitAsync(error.RetryAfter ?? s_retryWait * attempt, isLast ? cancellationToken : _ending.Token).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
            catch (SlackException error)
            {
                _hopeless = true;
                Warn($"{error.What} {error.Advice}");
                return;
            }
        }
    }

    private async Task WaitAsync(TimeSpan time, CancellationToken cancellationToken) =>
        await Task.Delay(time, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void Warn(string text)
    {
        if (Interlocked.Exchange(ref _warned, 1) == 0)
            _warn(text);
    }
}
