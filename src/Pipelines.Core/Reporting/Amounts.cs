using System.Globalization;

namespace Pipelines.Core.Reporting;

/// <summary>Times and counts as people read them.</summary>
internal static class Amounts
{
    /// <summary>Such as <c>12 ms</c>, <c>4.1 s</c>, <c>3 min 20 s</c> <c>10 min</c> or <c>1 h 05 min</c>.</summary>
    public static string Duration(TimeSpan duration)
    {
        double seconds = duration.TotalSeconds;
        if (seconds < 0.9995)
            return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, Math.Round(duration.TotalMilliseconds))} ms");
        if (seconds < 59.95)
            return string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s");
        var whole = TimeSpan.FromSeconds(Math.Round(seconds));
        if (whole.TotalHours < 1 && whole.Seconds == 0 && duration == whole)
            return string.Create(CultureInfo.InvariantCulture, $"{whole.Minutes} min");
        return whole.TotalHours < 1
            ? string.Create(CultureInfo.InvariantCulture, $"{whole.Minutes} min {whole.Seconds:00} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)whole.TotalHours} h {whole.Minutes:00} min");
    }

    /// <summary>Such as <c>62 %</c>; empty for nothing.</summary>
    public static string Share(double share) => share <= 0 ? "" : share < 0.01 ? "<1 %" : string.Create(CultureInfo.InvariantCulture, $"{Math.Round(share * 100)} %");

    /// <summary>Such as <c>1 stage</c> or <c>3 stages</c>.</summary>
    public static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : "s")}");

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A moment in UTC, such as <c>2026-01-02 03:04:05 UTC</c>.</summary>
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
