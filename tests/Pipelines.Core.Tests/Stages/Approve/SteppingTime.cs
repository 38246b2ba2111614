using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Approve;

/// <summary>A clock in which the waits between two looks are over at once. Time limits are longer, and hold.</summary>
internal sealed class SteppingTime : TimeProvider
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(80);
    private readonly ManualTime _clock = new();
    private TimeSpan _jumped;

    /// <summary>Whether waits move the clock on.</summary>
    public bool MovesOn { get; init; }

    /// <summary>What the wall clock does after the first wait; the time that counts seconds does not notice.</summary>
    public TimeSpan JumpAfterFirstWait { get; init; }

    /// <summary>Where the wall clock stands from the test's usual day: the commands beside it may read the real one.</summary>
    public TimeSpan Offset { get; init; }

    /// <summary>A clock that starts now.</summary>
    public static SteppingTime FromNow() => new() { Offset = System.GetUtcNow() - new ManualTime().GetUtcNow() };

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow() + Offset + _jumped;

    public override long GetTimestamp() => _clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > Longest || dueTime < TimeSpan.Zero)
            return _clock.CreateTimer(callback, state, dueTime, period);
        ITimer timer = _clock.CreateTimer(callback, state, MovesOn ? dueTime : Timeout.InfiniteTimeSpan, period);
        ThreadPool.QueueUserWorkItem(_ =>
        {
            _jumped = JumpAfterFirstWait;
            if (MovesOn)
                _clock.Advance(dueTime);
            else
                callback(state);
        });
        return timer;
    }
}
