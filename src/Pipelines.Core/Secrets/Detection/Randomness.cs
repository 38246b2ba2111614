namespace Pipelines.Core.Secrets.Detection;

/// <summary>How random a value looks.</summary>
internal static class Randomness
{
    /// <summary>Shannon's entropy in bits per character (C. E. Shannon, "A Mathematical Theory of Communication", 1948).</summary>
    public static double Entropy(string value)
    {
        int[] counts = new int[128];
        int others = 0;
        foreach (char character in value)
        {
            if (character < 128)
                counts[character]++;
            else
                others++;
        }

        double sum = 0;
        foreach (int count in counts)
            sum += Part(count, value.Length);
        return sum + Part(others, value.Length);
    }

    /// <summary>Whether it is more than a few characters over and over or a row such as 0123456789: issued tokens are random.</summary>
    public static bool Varies(string value) => Entropy(value) >= Math.Min(2.5, Math.Log(Math.Max(value.Length, 2), 2) * 0.6) && !IsRow(value);

    /// <summary>How often letters and digits take turns: rarely in names, often in what was drawn at random.</summary>
    public static int Turns(string value)
    {
        int turns = 0;
        for (int index = 1; index < value.Length; index++)
            if ((IsDigit(value[index]) && IsLetter(value[index - 1])) || (IsLetter(value[index]) && IsDigit(value[index - 1])))
                turns++;
        return turns;
    }

    /// <summary>How many of the classes upper case, lower case, digit and other occur.</summary>
    public static int Classes(string value)
    {
        bool upper = false, lower = false, digit = false, other = false;
        foreach (char character in value)
        {
            upper |= character is >= 'A' and <= 'Z';
            lower |= character is >= 'a' and <= 'z';
            digit |= IsDigit(character);
            other |= !IsLetter(character) && !IsDigit(character);
        }

        return (upper ? 1 : 0) + (lower ? 1 : 0) + (digit ? 1 : 0) + (other ? 1 : 0);
    }

    public static bool HasDigit(string value)
    {
        foreach (char character in value)
            if (IsDigit(character))
                return true;
        return false;
    }

    public static bool HasLetter(string value)
    {
        foreach (char character in value)
            if (IsLetter(character))
                return true;
        return false;
    }

    private static bool IsRow(string value)
    {
        int steps = 0;
        for (int index = 1; index < value.Length; index++)
            if (value[index] - value[index - 1] is 0 or 1)
                steps++;
        return value.Length > 3 && steps * 2 >= value.Length;
    }

    private static double Part(int count, int length)
    {
        if (count == 0)
            return 0;
        double share = (double)count / length;
        return -share * Math.Log(share, 2);
    }

    private static bool IsDigit(char character) => character is >= '0' and <= '9';

    private static bool IsLetter(char character) => character is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');
}
