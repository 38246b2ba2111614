using System.Text.Json;

namespace Pipelines.Core.Clients.ArgoCd;

/// <summary>One state of the application after the other: from the server's stream as they happen, and by asking where the stream is silent or does not exist.</summary>
internal sealed class ArgoCdFeed(ArgoCdClient client, TimeProvider time, CancellationToken cancellationToken) : IAsyncDisposable
{
    private const int MaxStreamFailures = 3;

    /// <summary>How often is asked where a stream is there: it may have died without a word.</summary>
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(10);

    /// <summary>How often is asked where there is no stream.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    /// <summary>A refresh makes Argo CD fetch and compare: not at every question.</summary>
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private IAsyncEnumerator<ArgoCdApplication>? _stream;
    private Task<bool>? _next;
    private int _streamFailures;
    private bool _asked;
    private long _refreshedAt;

    /// <summary>The next state: the first at once, others when something happens or after a while.</summary>
    /// <param name="refresh">Whether Argo CD shall look at the repository where it is asked.</param>
    /// <param name="remaining">The longest wait.</param>
    /// <exception cref="ArgoCdException">It was asked, and could not tell.</exception>
    public async Task<ArgoCdApplication> NextAsync(bool refresh, TimeSpan remaining)
    {
        if (!_asked)
        {
            _asked = true;
            return await AskAsync(refresh).ConfigureAwait(false);
        }

        OpenStream();
        TimeSpan interval = _next is null ? PollInterval : CheckInterval;
        using var stopWaiting = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        Task wait = Task.Delay(remaining < interval ? remaining : interval, time, stopWaiting.Token);
        if (_next is not null && await Task.WhenAny(_next, wait).ConfigureAwait(false) == _next)
        {
            if (await TakeAsync(_next).ConfigureAwait(false))
            {
                ArgoCdApplication application = _stream!.Current;
                _streamFailures = 0;
                _next = _stream.MoveNextAsync().AsTask();
                await stopWaiting.CancelAsync().ConfigureAwait(false);
                return application;
            }

            _streamFailures++;
            await CloseStreamAsync().ConfigureAwait(false);
            await stopWaiting.CancelAsync().ConfigureAwait(false);
            wait = Task.Delay(remaining < PollInterval ? remaining : PollInterval, time, _ending.Token);
        }

        await wait.ConfigureAwait(false);
        return await AskAsync(refresh).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await CloseStreamAsync().ConfigureAwait(false);
        _ending.Dispose();
    }

    private Task<ArgoCdApplication> AskAsync(bool refresh)
    {
        refresh &= _refreshedAt == 0 || time.GetElapsedTime(_refreshedAt) >= RefreshInterval;
        if (refresh)
            _refreshedAt = time.GetTimestamp();
        return client.GetAsync(refresh, _ending.Token);
    }

    private void OpenStream()
    {
        if (_stream is not null || _streamFailures >= MaxStreamFailures)
            return;
        _stream = client.WatchAsync(_ending.Token).GetAsyncEnumerator(_ending.Token);
        _next = _stream.MoveNextAsync().AsTask();
    }

    private async Task CloseStreamAsync()
    {
        if (_stream is null)
            return;
        if (_next is { IsCompleted: false })
        {
            await TakeAsync(_next).ConfigureAwait(false);
        }

        await _stream.DisposeAsync().ConfigureAwait(false);
        _stream = null;
        _next = null;
    }

    /// <summary>Whether the stream gave something. Its end, and any fault, is no error: the next question tells.</summary>
    private async Task<bool> TakeAsync(Task<bool> next)
    {
        try
        {
            return await next.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ArgoCdException or HttpRequestException or IOException or JsonException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            return false; // the caller's next step throws it
        }
    }
}
