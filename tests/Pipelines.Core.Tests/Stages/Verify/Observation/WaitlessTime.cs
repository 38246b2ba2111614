using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Verify.Observation;

/// <summary>A clock in which every wait is over at once and moves it on, but for those of one length: the time limit of a request, which takes real time.</summary>
internal sealed class WaitlessTime(TimeSpan held) : TimeProvider
{
    private readonly ManualTime _clock = new();
    private long _jump;

    public static DateTimeOffset Start { get; } = new ManualTime().GetUtcNow();

    public TimeSpan Elapsed => _clock.GetUtcNow() - Start;

    public override long TimestampFrequency => _clock.TimestampFrequency;

    /// <summary>Sets the wall clock, as somebody or a time server does; what has passed stays the same.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _jump, by.Ticks);

    /// <summary>Lets time pass without anybody waiting for it.</summary>
    public void Pass(TimeSpan time) => _clock.Advance(time);

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _jump));

    public override long GetTimestamp() => _clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = _clock.CreateTimer(callback, state, dueTime, period);
        if (dueTime != held && dueTime >= TimeSpan.Zero)
            ThreadPool.QueueUserWorkItem(_ => _clock.Advance(dueTime));
        return timer;
    }
}
