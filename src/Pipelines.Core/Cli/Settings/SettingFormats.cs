using System.Globalization;

namespace Pipelines.Core.Cli.Settings;

/// <summary>How values of settings are written.</summary>
internal static class SettingFormats
{
    /// <summary>Timers take no more than 49 days.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    public static TimeSpan Duration(string text)
    {
        TimeSpan value = text.Contains(':', StringComparison.Ordinal)
            ? TimeSpan.TryParseExact(text, ["c", @"h\:mm\:ss", @"h\:mm"], CultureInfo.InvariantCulture, out TimeSpan clock) ? clock : TimeSpan.Zero
            : WithUnits(text);
        return value > TimeSpan.Zero && value <= Longest ? value : throw new FormatException($"'{text}' is no duration. Write 90s, 10m, 1h30m or 00:10:00; more than zero, at most 30d.");
    }

    public static double Share(string text)
    {
        bool percent = text.EndsWith('%');
        return double.TryParse(percent ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && (percent ? value / 100 : value) is >= 0 and <= 1 and double share
            ? share
            : throw new FormatException($"'{text}' is no share. Write 80% or 0.8.");
    }

    public static Uri Address(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0)
            throw new FormatException($"{(text.Contains('@', StringComparison.Ordinal) ? "this" : $"'{text}'")} is no http or https address. Write it whole, such as https://argocd.example.com.");
        if (address.UserInfo.Length > 0)
            throw new FormatException("the address holds a user name or password. Take it out: credentials are secrets and have settings of their own.");
        return address;
    }

    private static TimeSpan WithUnits(string text)
    {
        TimeSpan total = TimeSpan.Zero;
        int start = 0;
        for (int index = 0; index < text.Length; index++)
        {
            if (char.IsAsciiDigit(text[index]))
                continue;
            if (!int.TryParse(text.AsSpan(start, index - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                return TimeSpan.Zero;
            bool milliseconds = text[index] == 'm' && index + 1 < text.Length && text[index + 1] == 's';
            double unit = milliseconds ? 1 : text[index] switch { 's' => 1_000, 'm' => 60_000, 'h' => 3_600_000, 'd' => 86_400_000, _ => 0 };
            if (unit == 0 || number * unit > Longest.TotalMilliseconds)
                return TimeSpan.Zero;
            total += TimeSpan.FromMilliseconds(number * unit);
            index += milliseconds ? 1 : 0;
            start = index + 1;
        }

        return start == text.Length ? total : TimeSpan.Zero;
    }
}
