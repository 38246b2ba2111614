using Pipelines.Testing;

namespace Pipelines.Core.Tests.Clients.ArgoCd;

/// <summary>A clock in which short waits are over at once and move it on, while long time limits hold until it has passed them.</summary>
internal sealed class SkippingTime : TimeProvider
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(10);
    private readonly ManualTime _clock = new();

    public DateTimeOffset Start { get; } = new ManualTime().GetUtcNow();

    public TimeSpan Elapsed => _clock.GetUtcNow() - Start;

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override long GetTimestamp() => _clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = _clock.CreateTimer(callback, state, dueTime, period);
        if (dueTime <= Short && dueTime >= TimeSpan.Zero)
            ThreadPool.QueueUserWorkItem(_ => _clock.Advance(dueTime));
        return timer;
    }
}
