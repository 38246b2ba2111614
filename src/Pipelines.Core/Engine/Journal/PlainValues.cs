using System.Globalization;

namespace Pipelines.Core.Engine.Journal;

/// <summary>Values that are one text: numbers, texts, times, enums and the like.</summary>
internal static class PlainValues
{
    public static bool Knows(Type type) =>
        type.IsEnum || type == typeof(string) || type == typeof(bool) || type == typeof(char) || IsNumber(type) || type == typeof(DateTimeOffset) || type == typeof(DateTime) || type == typeof(DateOnly)
        || type == typeof(TimeOnly) || type == typeof(TimeSpan) || type == typeof(Guid) || type == typeof(Uri) || type == typeof(Version) || type == typeof(ImageReference);

    /// <summary>The text of a value; null where it is no plain one.</summary>
    public static string? Text(object value) => value switch
    {
        string text => text,
        bool yes => yes ? "true" : "false",
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("O", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("O", CultureInfo.InvariantCulture),
        Uri address => address.OriginalString,
        _ when !Knows(value.GetType()) => null,
        IFormattable number => number.ToString(value is Enum ? "D" : null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    /// <exception cref="FormatException">The text is none of the type.</exception>
    public static object Parse(string text, Type type)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (type == typeof(string))
            return text;
        if (type.IsEnum)
            return Enum.Parse(type, text);
        if (type == typeof(bool))
            return text == "true";
        if (type == typeof(DateTimeOffset))
            return DateTimeOffset.ParseExact(text, "O", culture, DateTimeStyles.RoundtripKind);
        if (type == typeof(DateTime))
            return DateTime.ParseExact(text, "O", culture, DateTimeStyles.RoundtripKind);
        if (type == typeof(DateOnly))
            return DateOnly.Parse(text, culture);
        if (type == typeof(TimeOnly))
            return TimeOnly.Parse(text, culture);
        if (type == typeof(TimeSpan))
            return TimeSpan.Parse(text, culture);
        if (type == typeof(Guid))
            return Guid.Parse(text);
        if (type == typeof(Uri))
            return new Uri(text, UriKind.RelativeOrAbsolute);
        if (type == typeof(Version))
            return Version.Parse(text);
        if (type == typeof(ImageReference))
            return ImageReference.Parse(text);
        return Convert.ChangeType(text, type, culture);
    }

    private static bool IsNumber(Type type) => Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Decimal;
}
