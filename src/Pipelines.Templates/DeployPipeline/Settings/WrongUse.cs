using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>What a part of the library says about its options, as a line of the error that lists all wrong settings.</summary>
internal static class WrongUse
{
    /// <summary>Tries to make something; null where that works.</summary>
    /// <param name="keys">The settings that it is made from, such as <c>prometheus.*</c>.</param>
    /// <param name="make">Makes it.</param>
    public static string? Of(string keys, Action make)
    {
        try
        {
            make();
            return null;
        }
        catch (InvalidUsageException exception)
        {
            string evidence = exception.Evidence is { Length: > 0 } text ? " " + string.Join("; ", text.Split('\n').Select(line => line.TrimStart(' ', '-').TrimEnd())) : "";
            return $"{keys}: {exception.What}{evidence}";
        }
    }
}
