using System.Globalization;

namespace Pipelines.Core.Model;

/// <summary>Durations as people read them.</summary>
internal static class Durations
{
    /// <summary>Such as <c>41 ms</c>, <c>1.5 s</c>, <c>2 min 5 s</c>, <c>1 h 3 min</c>.</summary>
    public static string Text(TimeSpan duration)
    {
        if (duration < TimeSpan.FromSeconds(1))
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0} ms");
        if (duration < TimeSpan.FromMinutes(1))
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.#} s");
        if (duration < TimeSpan.FromHours(1))
            return duration.Seconds == 0 ? $"{(int)duration.TotalMinutes} min" : $"{(int)duration.TotalMinutes} min {duration.Seconds} s";
        return duration.Minutes == 0 ? $"{(int)duration.TotalHours} h" : $"{(int)duration.TotalHours} h {duration.Minutes} min";
    }
}
