using System.Buffers;

namespace Pipelines.Core.Secrets;

/// <summary>Values that are not masked, because masking them would destroy logs and outputs and protect nothing: too short, or what any log is full of (amazon-ecr-login#400, #546).</summary>
internal sealed class CommonValues
{
    public const int ShortestMasked = 6;

    private const int LongestCommonNumber = 15;

    private static readonly SearchValues<char> s_number = SearchValues.Create("0123456789.,+-eE_ ");

    private readonly HashSet<string> _words = new(StringComparer.OrdinalIgnoreCase)
    {
        "default", "disabled", "enabled", "latest", "localhost", "mariadb", "master", "mongodb", "oracle", "postgres", "postgresql", "production", "sqlserver", "staging",
        "development", "undefined", "username", "127.0.0.1", "0.0.0.0", "application/json",
    };

    public CommonValues(IEnumerable<string> more)
    {
        foreach (string word in more)
            _words.Add(word);
    }

    /// <summary>Null for a value that is masked; else why it is not, as the end of a sentence.</summary>
    public string? WhyNotMasked(string value)
    {
        string trimmed = value.Trim();
        if (trimmed.Length is 0)
            return "it is blank";
        if (trimmed.Length < ShortestMasked || value.Length < ShortestMasked)
            return $"it has fewer than {ShortestMasked} characters";
        if (_words.Contains(trimmed))
            return "it is a word that any log is full of";
        if (trimmed.Length == 12 && trimmed.All(char.IsAsciiDigit))
            return "it is a number of 12 digits, as AWS account ids are";
        if (trimmed.Length <= LongestCommonNumber && trimmed.Any(char.IsAsciiDigit) && !trimmed.AsSpan().ContainsAnyExcept(s_number))
            return "it is a number";
        return null;
    }
}
