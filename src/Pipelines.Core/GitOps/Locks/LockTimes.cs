namespace Pipelines.Core.GitOps.Locks;

/// <summary>How long a lock lives without a sign of its holder.</summary>
internal static class LockTimes
{
    /// <summary>From a renewal to the expiry.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(30);

    /// <summary>How wrong the clocks of two machines may be.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    /// <summary>After that nobody's clock is an excuse: what waits in a queue and has expired so long ago is taken away without being watched.</summary>
    public static readonly TimeSpan LongGone = TimeSpan.FromDays(1);

    /// <summary>There is no event for a ref, so that who waits has to look: at most this often, each at times of its own.</summary>
    public static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(2);

    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Whether a holder is gone. A wrong clock alone, ours or theirs, takes nothing from a holder that lives: its renewals are seen.</summary>
    /// <param name="entry">What is there.</param>
    /// <param name="now">Our clock.</param>
    /// <param name="unchanged">How long we have seen it without a renewal.</param>
    public static bool IsStale(LockEntry entry, DateTimeOffset now, TimeSpan unchanged) =>
        (now > entry.Expires + ClockSkew && unchanged >= Renewal * 2) || unchanged >= Life + ClockSkew;

    public static bool IsLongGone(DateTimeOffset expires, DateTimeOffset now) => now > expires + LongGone;
}
