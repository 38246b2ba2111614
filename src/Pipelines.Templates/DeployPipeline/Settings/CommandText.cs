using System.Text;
using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>A command in a setting: words with spaces between them, quotes around those that hold some. No shell reads it: there are no variables, pipes or wildcards in it.</summary>
internal static class CommandText
{
    public static string? Check(string text) => Words(text) switch
    {
        null => "a quote has no end.",
        [] => "it names no program.",
        _ => null,
    };

    /// <summary>The command of a text that was checked, with its placeholders filled in: a value stays within its word.</summary>
    public static Command Parse(string text, string app, string environment)
    {
        string[] words = [.. Words(text)!.Select(word => Placeholders.Fill(word, app, environment))];
        return new Command(words[0], words[1..]);
    }

    private static List<string>? Words(string text)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char quote = '\0';
        foreach (char character in text)
        {
            if (quote != '\0')
            {
                if (character == quote)
                    quote = '\0';
                else
                    word!.Append(character);
            }
            else if (character is '"' or '\'')
            {
                quote = character;
                word ??= new StringBuilder();
            }
            else if (!char.IsWhiteSpace(character))
            {
                (word ??= new StringBuilder()).Append(character);
            }
            else if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }

        if (word is not null)
            words.Add(word.ToString());
        return quote == '\0' ? words : null;
    }
}
